/** Stack files of any size. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStackFile } from '../../config/file.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const IMAGE = `registry.example/chainwatch@sha256:${'0123456789abcdef'.repeat(4)}`;

type Config = Readonly<Record<string, unknown>>;

/** A stack file of the repository, by full key, with an image of our services. */
export function configOf(stack: string): Config {
  const name = `Pulumi.${stack}.yaml`;
  const { config } = readStackFile(readFileSync(join(ROOT, name), 'utf8'), name);
  return { ...config, 'chainwatch:kubernetes': { ...Object(config['chainwatch:kubernetes']), image: IMAGE } };
}

/** Networks of six nodes each: every kind of node that an OP Stack network has. */
export function networks(count: number): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`net-${index}`, network(index)]));
}

function network(index: number): Record<string, unknown> {
  const nodes = (port: number, ...names: string[]) =>
    names.map((name, place) => ({ name, address: `10.${index}.0.${place + 1}:${port}` }));
  return {
    chain: 'op-stack',
    chainId: 1000 + index,
    nodes: {
      'op-geth': nodes(6060, 'replica-a', 'replica-b'),
      'op-node': nodes(7300, 'replica-a', 'replica-b'),
      'op-batcher': nodes(7301, 'batcher'),
      'op-proposer': nodes(7302, 'proposer'),
    },
    l1: { chainId: 1 },
  };
}

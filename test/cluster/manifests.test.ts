/** What `render` writes of the three stacks, against the schemas of each Kubernetes version and of the operator's CRDs. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { kubernetesVersions, resolveProgram, schemaLocations } from '../../tools/index.ts';
import { STACKS, type StackName, stackText } from '../fixtures/real.ts';
import { chainwatch } from '../integration/command.ts';

const COLD_CACHE_MS = 10 * 60_000;
const IMAGE = `registry.example/chainwatch@sha256:${'a'.repeat(64)}`;
const folder = mkdtempSync(join(tmpdir(), 'chainwatch-manifests-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const manifests = (stack: StackName) => join(folder, stack, 'manifests');

beforeAll(async () => {
  const stacks = join(folder, 'stacks');
  mkdirSync(stacks);
  for (const stack of STACKS) {
    const shipped = stackText(stack);
    const cluster = /^ {2}chainwatch:kubernetes:/m.test(shipped) ? '' : '  chainwatch:kubernetes: {}\n';
    writeFileSync(join(stacks, `Pulumi.${stack}.yaml`), shipped + cluster);
    const args = ['render', '--stack', stack, '--only', 'manifests', '--image', IMAGE, '--out', join(folder, stack)];
    expect(await chainwatch(args, { cwd: stacks })).toMatchObject({ code: 0 });
  }
}, COLD_CACHE_MS);

const report = z.object({
  resources: z.array(z.object({ filename: z.string(), status: z.string(), msg: z.string() })),
});

/** @returns files with what is wrong with each, and how many files there were */
async function check(version: string, path: string): Promise<{ faults: string[]; checked: number }> {
  const { path: kubeconform } = await resolveProgram('kubeconform');
  const locations = (await schemaLocations(version)).flatMap((each) => ['-schema-location', each]);
  const args = ['-strict', '-verbose', '-output', 'json', '-kubernetes-version', version, ...locations, path];
  const child = spawn(kubeconform, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { resources } = report.parse(JSON.parse(await text(child.stdout)));
  const faults = resources
    .filter(({ status }) => status !== 'statusValid')
    .map(({ filename, status, msg }) => `${filename.slice(path.length + 1)}: ${status} ${msg}`);
  return { faults: faults.sort(), checked: resources.length };
}

describe.each(kubernetesVersions)('Kubernetes %s', (version) => {
  test.each(STACKS)(
    'takes every manifest of %s',
    async (stack) => {
      const written = readdirSync(manifests(stack), { recursive: true, encoding: 'utf8' });
      const files = written.filter((name) => name.endsWith('.yaml'));
      expect(files.length).toBeGreaterThan(50);
      expect(await check(version, manifests(stack))).toEqual({ faults: [], checked: files.length });
    },
    COLD_CACHE_MS,
  );

  test(
    'would not take a field that does not exist',
    async () => {
      const bad = join(folder, `bad-${version}`);
      mkdirSync(bad);
      const rules = readFileSync(join(manifests('testnet'), 'chainwatch', 'prometheusrule-system.yaml'), 'utf8');
      writeFileSync(join(bad, 'rules.yaml'), rules.replace(/^ {10}expr:/m, '          exp:'));
      const { faults, checked } = await check(version, bad);
      expect(checked).toBe(1);
      expect(faults).toEqual([expect.stringMatching(/^rules\.yaml: statusInvalid .*'exp'/)]);
    },
    COLD_CACHE_MS,
  );
});

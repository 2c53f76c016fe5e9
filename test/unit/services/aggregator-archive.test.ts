import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { zipOf } from '../../../services/aggregator/export/archive.ts';
import type { View } from '../../../services/aggregator/export/view.ts';

/** What an archive keeps of what went through it. */

const PEERS = 600;
const BYTES = 20_000;

function view(): Pick<View, 'peers' | 'places' | 'json'> {
  return {
    *peers() {
      for (let id = 1; id <= PEERS; id += 1) yield { id, network: 'net', name: `peer-${id}`, firstAt: 1 };
    },
    places: async (id) => [{ id, at: 1_795_000_000, reporter: '' }],
    async *json() {
      // As samples are: from the pool of small buffers.
      yield Buffer.allocUnsafe(BYTES).fill('x');
    },
  };
}

test('an archive keeps nothing of the samples that went through it', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const options = { networks: ['net'], show: 'metrics', signal: new AbortController().signal } as const;
  const before = held();
  let most = 0;
  let parts = 0;
  for await (const _part of zipOf(view(), options)) {
    parts += 1;
    if (parts % 100 === 0) most = Math.max(most, held() - before);
  }
  expect(parts).toBeGreaterThan(PEERS);
  expect(most).toBeLessThan((PEERS * BYTES) / 2);
});

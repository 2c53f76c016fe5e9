import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type AggregatorProcess, TOKEN } from './process.ts';

/** What the tests of exports ask for, and what they find in the answers. */

/** Unix seconds. */
export const NOW = Math.floor(Date.now() / 1000);

type Headers = Readonly<Record<string, string>>;

export async function push(
  aggregator: AggregatorProcess,
  peers: readonly string[],
  network = 'bega',
  at = NOW,
): Promise<void> {
  const snapshots = peers.map((peer_id) => ({ peer_id, timestamp: at, metrics: { at, peer_id } }));
  const { status } = await aggregator.push(snapshots, { 'x-network': network });
  expect(status).toBe(200);
}

export function exported(aggregator: AggregatorProcess, path = '', headers: Headers = {}, init: RequestInit = {}) {
  return fetch(`${aggregator.url}/export/all${path}`, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
  });
}

/** @param path where it is put */
export async function saved(answer: Response, path: string): Promise<string> {
  expect({ status: answer.status, error: answer.ok ? '' : await answer.clone().text() }).toMatchObject({ status: 200 });
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

/** What the real unzip finds, by path. */
export function unzipped(path: string): Record<string, unknown> {
  execFileSync('unzip', ['-tq', path]);
  const into = `${path}.d`;
  mkdirSync(into);
  execFileSync('unzip', ['-q', path, '-d', into]);
  const files = readdirSync(into, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(files.sort().map((name) => [name, JSON.parse(readFileSync(join(into, name), 'utf8'))]));
}

export const history = (peer_id: string, ...times: readonly number[]) => times.map((at) => [at, { at, peer_id }]);
export const counted = (result: string, encryption = 'none') =>
  `bulk_export_total{result="${result}",encryption="${encryption}"}`;

export async function errorOf(
  answer: Response,
): Promise<{ status: number; error: string; reason: string; remedy: string }> {
  return { status: answer.status, ...JSON.parse(await answer.text()) };
}

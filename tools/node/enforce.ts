/** Keeps the node's rules like the cluster's NetworkPolicies. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type ApiAccess, askApi } from '../cluster/api.ts';
import { namespaceSchema, podSchema, policySchema, ruleset } from './policies.ts';

const INTERVAL_MS = 500;

/** For as long as this process lives. What goes wrong is written to the log, and tried again. */
export async function enforcePolicies(access: ApiAccess, logFile: string): Promise<never> {
  let last = '';
  for (;;) {
    try {
      const [pods, namespaces, policies] = await Promise.all([
        list(access, '/api/v1/pods', podSchema),
        list(access, '/api/v1/namespaces', namespaceSchema),
        list(access, '/apis/networking.k8s.io/v1/networkpolicies', policySchema),
      ]);
      const rules = ruleset({ pods, namespaces, policies });
      if (rules !== last) await load(rules);
      last = rules;
    } catch (error) {
      appendFileSync(logFile, `${new Date().toISOString()} ${error instanceof Error ? error.message : error}\n`);
    }
    await sleep(INTERVAL_MS);
  }
}

async function list<T extends z.ZodType>(access: ApiAccess, path: string, item: T): Promise<z.output<T>[]> {
  const { status, text } = await askApi(access, { path });
  if (status !== 200) throw new Error(`${path}: HTTP ${status}: ${text}`);
  return z.object({ items: z.array(item) }).parse(JSON.parse(text)).items;
}

async function load(rules: string): Promise<void> {
  const nft = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  const said = nft.stderr.toArray();
  nft.stdin.end(rules);
  const [code] = await once(nft, 'exit');
  if (code !== 0) throw new Error(`nft: ${Buffer.concat(await said).toString()}\n${rules}`);
}

/** A gate on a real nginx of this system. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GATE_PORT } from '../../../model/kubernetes/gate.ts';
import { SECRETS_PATH } from '../../../model/kubernetes/names.ts';
import { freePort } from '../../../tools/freePort.ts';
import { request } from '../rawRequest.ts';

/** Why there is no gate to ask here; `undefined` where there is one. */
export function hindrance(): string | undefined {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'nginx is not on PATH: apt-get install nginx-light';
  }
}

export interface Gates {
  /** What is to be ended with them. */
  readonly stops: (() => Promise<unknown>)[];
  /**
   * @param files what its Secret holds
   * @returns the port of one that answers
   */
  start(config: string, files: Readonly<Record<string, string>>): Promise<number>;
  clear(): Promise<void>;
}

export function makeGates(): Gates {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-gate-'));
  const stops: (() => Promise<unknown>)[] = [];
  const clear = async () => {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { stops, start: (config, files) => gate(folder, stops, config, files), clear };
}

async function gate(
  folder: string,
  stops: Gates['stops'],
  config: string,
  files: Readonly<Record<string, string>>,
): Promise<number> {
  const port = await freePort();
  const own = mkdtempSync(join(folder, 'gate-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(own, name), text, { mode: 0o644 });
  const text = config
    .replaceAll('/tmp/', `${own}/`)
    .replaceAll(SECRETS_PATH, own)
    .replaceAll('/dev/stdout', join(own, 'access.log'))
    .replaceAll(`listen ${GATE_PORT}`, `listen 127.0.0.1:${port}`);
  writeFileSync(join(own, 'nginx.conf'), text);
  const child = spawn(
    'nginx',
    ['-c', join(own, 'nginx.conf'), '-e', 'stderr', '-g', 'daemon off; master_process off;'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  stops.push(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  });
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`nginx has ended: ${errors}`);
    if ((await request(port, { path: '/-/gate' }).catch(() => undefined))?.status === 200) return port;
    await sleep(50);
  }
  throw new Error(`nginx does not answer: ${errors}`);
}

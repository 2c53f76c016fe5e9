/** How long a start of the dev stack takes until every target is up: the first with empty data, then again. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { targetHealth } from '../local/targets.ts';
import { freePort } from '../tools/freePort.ts';

const root = join(import.meta.dirname, '..');
const SERVICES = ['prometheus', 'alertmanager', 'receiver', 'exporter', 'status', 'simulator', 'anvil', 'geth'];

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-bench-'));
  try {
    const prometheus = await freePort();
    const ports = await Promise.all(
      SERVICES.map(async (name) => `    ${name}: { port: ${name === 'prometheus' ? prometheus : await freePort()} }`),
    );
    cpSync(join(root, 'Pulumi.dev.yaml'), join(folder, 'Pulumi.dev.yaml'));
    writeFileSync(join(folder, 'Pulumi.dev.yaml'), `  chainwatch:services:\n${ports.join('\n')}\n`, { flag: 'a' });
    for (const which of ['first', 'second', 'third']) {
      const from = performance.now();
      const { code, said } = await chainwatch(folder, 'start', '--detach');
      if (code !== 0) throw new Error(`the dev stack does not start:\n${said}`);
      const targets = await targetHealth(`http://127.0.0.1:${prometheus}`);
      const up = targets.filter((target) => target.health === 'up').length;
      const seconds = (performance.now() - from) / 1000;
      const stopping = performance.now();
      await chainwatch(folder, 'stop');
      console.log(
        `${which} start: ${seconds.toFixed(1)} s until ${up} of ${targets.length} targets are up; stop: ${((performance.now() - stopping) / 1000).toFixed(1)} s`,
      );
    }
  } finally {
    await chainwatch(folder, 'stop');
    rmSync(folder, { recursive: true, force: true });
  }
}

function chainwatch(
  cwd: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const main = join(root, 'cli', 'main.ts');
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (text) => {
      said += text;
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code: code ?? -1, said }));
  });
}

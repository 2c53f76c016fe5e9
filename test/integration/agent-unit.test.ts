/** The systemd unit of docs/agent.md: systemd takes each line of it, and what it starts is there and is not started again in vain. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from './command.ts';

const page = readFileSync(join(ROOT, 'docs', 'agent.md'), 'utf8');
const unit = /```ini\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const lineOf = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
/** As on a host where it was installed elsewhere. */
const here = (text: string) => text.replaceAll('/usr/bin/node', process.execPath).replaceAll('/opt/chainwatch', ROOT);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-unit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function verify(text: string): string {
  const file = join(folder, 'chainwatch-agent.service');
  writeFileSync(file, text);
  const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
  // It looks at all units that this one wants.
  return stderr
    .split('\n')
    .filter((line) => line.includes('chainwatch-agent'))
    .join('\n');
}

test('is taken by systemd without a remark', (context) => {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'pipe' });
  } catch {
    context.skip('systemd-analyze is not on PATH');
  }
  expect(verify(here(unit))).toBe('');
  expect(verify(here(unit).replace('ProtectSystem=strict', 'ProtectSystems=strict'))).toContain('ProtectSystems');
});

test('starts a program that is there, and not again where its settings are wrong', () => {
  const [program = '', ...args] = here(lineOf('ExecStart')).split(' ');
  const file = join(folder, 'agent.yaml');
  writeFileSync(file, 'sorce: {}\n');
  const given = args.map((each) => (each === '/etc/chainwatch/agent.yaml' ? file : each));
  expect(given).toContain(file);
  const { status, stderr } = spawnSync(program, given, { encoding: 'utf8' });
  expect(stderr).toContain('sorce');
  expect(lineOf('RestartPreventExitStatus').split(' ')).toContain(String(status));
});

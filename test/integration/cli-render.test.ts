/** `chainwatch render` for the stacks that are shipped: the real programs take what it writes, and no secret is in it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secretVariable } from '../../local/secrets.ts';
import { run } from '../fixtures/programs.ts';
import { planNamed, STACKS } from '../fixtures/real.ts';
import { inProcess, ROOT, start } from './command.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-cli-render-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesBelow(path: string): Map<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(path, name)).isFile(),
  );
  return new Map(names.sort().map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

describe.each(STACKS)('%s', (name) => {
  const canary = 'canary-that-sings';
  const out = () => join(folder, name);
  const render = () => {
    const env = Object.fromEntries(
      planNamed(name).secrets.map((secret) => [secretVariable(secret), `${canary}-${secret}`]),
    );
    return inProcess(['render', '--stack', name, '--out', out()], { cwd: ROOT, env });
  };

  test('is taken by promtool and amtool', async () => {
    const { code, stderr } = await render();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const prometheus = await run('promtool', ['check', 'config', '--syntax-only', 'prometheus.yml'], out());
    expect(`${prometheus.code} ${prometheus.stderr}`).toBe('0 ');
    const rules = readdirSync(join(out(), 'rules')).map((file) => join('rules', file));
    expect(rules).toContain('rules/system.yaml');
    expect((await run('promtool', ['check', 'rules', '--lint-fatal', ...rules], out())).code).toBe(0);
    expect((await run('amtool', ['check-config', 'alertmanager.yml'], out())).code).toBe(0);
  });

  test('holds no secret, and is the same bytes the second time', async () => {
    const before = filesBelow(out());
    expect(before.size).toBeGreaterThan(5);
    for (const text of before.values()) expect(text).not.toContain(canary);
    const { code, stdout } = await render();
    expect(code).toBe(0);
    expect(stdout).toContain(`${before.size - 1} as before`);
    expect(filesBelow(out())).toEqual(before);
  });
});

test('a fault in the stack file ends with 2 and writes nothing', async () => {
  const { code, stderr } = await inProcess(['render', '--stack', 'nowhere', '--out', join(folder, 'x')], {
    cwd: ROOT,
  });
  expect(code).toBe(2);
  expect(stderr).toContain('there is no Pulumi.nowhere.yaml');
  expect(readdirSync(folder)).not.toContain('x');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s in the middle leaves nothing behind', async (signal, exitCode) => {
  const out = join(folder, signal, 'out');
  const { child, ended } = start(['render', '--stack', 'mainnet', '--out', out], { cwd: ROOT });
  while (!existsSync(out) && child.exitCode === null) await sleep(1);
  child.kill(signal);
  expect(await ended).toEqual({ code: exitCode, stdout: '', stderr: '' });
  expect(readdirSync(folder)).not.toContain(signal);
});

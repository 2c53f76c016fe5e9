import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withNodeFirst } from '../../../bin/bootstrap.js';
import { lockOf, makeClone, makeFolder } from './clone.ts';

describe('the program', () => {
  it('gets its arguments, runs as TypeScript, and its exit code is ours', async () => {
    const main = "const args: string[] = process.argv.slice(2); console.log(args.join(' ')); process.exit(7);";
    const { code, out, err } = await makeClone({ main }).start('one', '--two').ended;
    expect({ code, out }).toEqual({ code: 7, out: 'one --two\n' });
    expect(err).not.toContain('ExperimentalWarning');
  });

  it('that a signal ends gives 128 + its number', async () => {
    expect(await makeClone({ main: "process.kill(process.pid, 'SIGKILL');" }).start().ended).toMatchObject({
      code: 137,
    });
  });

  it('gets a signal that was sent to us alone, once, and we wait for its end', async () => {
    const stop = "console.log('got', name); setTimeout(() => process.exit(9), 50);";
    const on = `for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => { ${stop} });`;
    const clone = makeClone({ main: `${on} console.log('up'); setTimeout(() => {}, 9_000);` });
    clone.write('node_modules/.package-lock.json', lockOf('1.0.0'));
    const send = async (name: NodeJS.Signals) => {
      const started = clone.start();
      await started.spoken;
      process.kill(started.pid, name);
      return started.ended;
    };
    const [terminated, interrupted] = await Promise.all([send('SIGTERM'), send('SIGINT')]);
    expect(terminated).toMatchObject({ code: 9, out: 'up\ngot SIGTERM\n' });
    expect(interrupted).toMatchObject({ code: 9, out: 'up\ngot SIGINT\n' });
  });

  it('is not started when the packages fail: one message, npm’s exit code is not ours', async () => {
    const clone = makeClone({ npm: 'echo "npm error code ENOSPC" >&2; exit 228' });
    const { code, out, err } = await clone.start().ended;
    expect({ code, out }).toEqual({ code: 5, out: '' });
    const message = `chainwatch: npm could not install the packages in ${clone.root} (exit code 228).`;
    expect(err).toContain(`${message}\n  npm error code ENOSPC\nRemedy: The disk is full`);
  });

  it('is not started when Ctrl-C comes during the install, and the lock is gone', async () => {
    const clone = makeClone({ npm: 'exec sleep 20' });
    const started = clone.start();
    await expect.poll(() => clone.npmRuns(), { interval: 10, timeout: 5_000 }).toHaveLength(1);
    process.kill(started.pid, 'SIGINT');
    expect(await started.ended).toMatchObject({ code: 130, out: '' });
    expect(existsSync(join(clone.root, '.chainwatch', 'install.lock'))).toBe(false);
  });
});

describe('PATH of the program', () => {
  const node = realpathSync(process.execPath);

  it('leads to our Node first', () => {
    const env = { PATH: '/nowhere:/usr/local/games', X: '1' };
    expect(withNodeFirst(env, node)).toEqual({ PATH: `${dirname(node)}:/nowhere:/usr/local/games`, X: '1' });
    expect(withNodeFirst({}, node)).toEqual({ PATH: dirname(node) });
  });

  it('stays as it is where it leads there already, so that our folder hides nothing', () => {
    const folder = join(makeFolder(), 'bin');
    mkdirSync(folder);
    symlinkSync(node, join(folder, 'node'));
    const env = { PATH: `/nowhere:${folder}:/usr/bin` };
    expect(withNodeFirst(env, node)).toBe(env);
  });
});

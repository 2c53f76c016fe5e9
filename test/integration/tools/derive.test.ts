import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { derive, put } from '../../../tools/derive.ts';
import { moduleFolder, readPin } from '../../../tools/module.ts';
import { type Machine, makeMachine } from './machine.ts';

function deriver(machine: Machine, content = 'data') {
  let made = 0;
  const run = () =>
    derive({
      cache: machine.surroundings.cache,
      name: 'kit',
      version: 'v1',
      report: () => undefined,
      make: async (into) => {
        made += 1;
        await put(into, 'deep/file.yaml', content);
      },
    });
  return { run, made: () => made };
}

describe('derive', () => {
  it('makes once, for all who want it at the same time and later', async () => {
    const machine = makeMachine();
    const { run, made } = deriver(machine);
    const folders = await Promise.all([run(), run()]);
    folders.push(await run());
    expect(new Set(folders)).toEqual(new Set([join(machine.surroundings.cache, 'tools', 'kit', 'v1')]));
    expect(readFileSync(join(folders[0] ?? '', 'deep/file.yaml'), 'utf8')).toBe('data');
    expect(made()).toBe(1);
  });

  it.each([
    ['is gone', (file: string) => rmSync(file)],
    ['is cut off', (file: string) => writeFileSync(file, 'da')],
  ])('makes anew where a file %s', async (_what, damage) => {
    const { run, made } = deriver(makeMachine());
    const folder = await run();
    damage(join(folder, 'deep/file.yaml'));
    await run();
    expect(made()).toBe(2);
    expect(readFileSync(join(folder, 'deep/file.yaml'), 'utf8')).toBe('data');
  });

  it('leaves nothing of what failed', async () => {
    const machine = makeMachine();
    const failing = derive({
      cache: machine.surroundings.cache,
      name: 'kit',
      version: 'v1',
      report: () => undefined,
      make: async (into) => {
        await put(into, 'half', 'x');
        throw new Error('no more');
      },
    });
    await expect(failing).rejects.toThrow('no more');
    expect(readdirSync(join(machine.surroundings.cache, 'tools', 'kit'))).toEqual([]);
  });
});

describe('a pinned module', () => {
  const pin = { module: 'example.org/kit', version: 'v2.5.0', sum: 'h1:x=' };
  const download = (machine: Machine) => moduleFolder({ pin, env: machine.surroundings.env, onLine: () => undefined });
  const installed = (sum: string) => {
    const machine = makeMachine();
    machine.program('path/go', `#!/bin/sh\necho '{"Dir": "/some/'"$4"'", "Sum": "${sum}"}'\n`);
    return machine;
  };

  it('has its sum in go.sum', async () => {
    const goSum = join(makeMachine().root, 'go/kit/go.sum');
    expect(await readPin(goSum, pin.module, pin.version)).toEqual(pin);
    await expect(readPin(goSum, pin.module, 'v2.5.1')).rejects.toThrow('has no sum of example.org/kit v2.5.1');
  });

  it('is the folder that go names', async () => {
    expect(await download(installed('h1:x='))).toBe('/some/example.org/kit@v2.5.0');
  });

  it('is refused where its content is another', async () => {
    await expect(download(installed('h1:y='))).rejects.toThrow('example.org/kit@v2.5.0 is h1:y=, but h1:x= is pinned');
  });

  it('needs go', async () => {
    await expect(download(makeMachine())).rejects.toThrow('go is not on PATH');
  });
});

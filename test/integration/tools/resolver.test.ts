import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MissingProgramError } from '../../../tools/errors.ts';
import { type ResolveManyOptions, resolveIn } from '../../../tools/resolver.ts';
import { installGo, type Machine, makeMachine, type Name, saying } from './machine.ts';

const resolve = ({ surroundings }: Machine, names: readonly Name[], options: ResolveManyOptions<Name> = {}) =>
  resolveIn<Name>(surroundings, names, options);

const one = async (machine: Machine, name: Name, options?: ResolveManyOptions<Name>) =>
  (await resolve(machine, [name], options)).get(name);

async function missingFrom(promise: Promise<unknown>): Promise<MissingProgramError<string>> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof MissingProgramError) return error;
  throw new Error(`no MissingProgramError but ${error}`);
}

describe('a program that is named', () => {
  it('counts before PATH, at any version; the argument before the variable', async () => {
    const machine = makeMachine();
    machine.program('path/hammer', saying('2.5.0'));
    const own = machine.program('own/hammer', saying('9.0.0'));
    const other = machine.program('other/hammer', saying('8.0.0'));
    const env = { ...machine.surroundings.env, CHAINWATCH_HAMMER: other };
    const named = { ...machine, surroundings: { ...machine.surroundings, env } };
    expect(await one(named, 'hammer')).toEqual({ name: 'hammer', path: other, version: '8.0.0', origin: 'explicit' });
    expect(await one(named, 'hammer', { explicit: { hammer: own } })).toMatchObject({ path: own, version: '9.0.0' });
  });

  it('and does not run is an error, although another would do', async () => {
    const machine = makeMachine({ env: { CHAINWATCH_HAMMER: '/nowhere/hammer', PATH: '/usr/bin:/bin' } });
    installGo(machine);
    const error = await missingFrom(resolve(machine, ['hammer']));
    expect(error.missing).toEqual([
      {
        name: 'hammer',
        attempts: [{ origin: 'explicit', reason: 'CHAINWATCH_HAMMER=/nowhere/hammer is not an executable file' }],
        remedy: 'name a hammer that runs, or unset CHAINWATCH_HAMMER to let Chainwatch find one.',
      },
    ]);
    const mute = machine.program('own/mute', '#!/bin/sh\necho hello\n');
    const { missing } = await missingFrom(resolve(machine, ['saw'], { explicit: { saw: mute } }));
    expect(missing[0]?.attempts[0]?.reason).toBe(`${mute}: \`${mute} --version\` states no version`);
  });
});

describe('PATH', () => {
  it('is good enough where the version fits; a later folder may have it', async () => {
    const machine = makeMachine();
    machine.program('path/hammer', saying('1.9.0'));
    const path = machine.program('later/hammer', saying('v2.0.1'));
    const env = { PATH: `${machine.surroundings.env.PATH}:${join(machine.root, 'later')}` };
    const both = { ...machine, surroundings: { ...machine.surroundings, env } };
    expect(await one(both, 'hammer')).toEqual({ name: 'hammer', path, version: '2.0.1', origin: 'path' });
  });

  it('does not count in node_modules/.bin', async () => {
    const machine = makeMachine();
    const path = machine.program('x/node_modules/.bin/anvil', saying('2.1.0'));
    const env = { PATH: join(path, '..') };
    const { missing } = await missingFrom(
      resolve({ ...machine, surroundings: { ...machine.surroundings, env } }, ['anvil']),
    );
    expect(missing[0]?.attempts).toContainEqual({ origin: 'path', reason: 'no anvil on PATH' });
  });
});

describe('a build', () => {
  it('brings the whole family into the cache, once', async () => {
    const machine = makeMachine();
    installGo(machine);
    const steps: string[] = [];
    const onProgress: ResolveManyOptions<Name>['onProgress'] = ({ program, step, detail }) =>
      steps.push(`${program} ${step} ${detail}`);
    const built = await one(machine, 'saw', { onProgress });
    expect(built).toMatchObject({ name: 'saw', version: '2.5.0', origin: 'build' });
    expect(built?.path).toMatch(/\/cache\/tools\/kit\/2\.5\.0-linux-amd64-[0-9a-f]{12}\/saw$/);
    expect(steps).toEqual([
      'saw download sums.txt',
      'saw build looking at what is compiled already',
      'saw download module 1 of up to 1',
      'saw build 0 of 3 packages',
      'saw build 1 of 3 packages',
      'saw verify the version of hammer',
      'saw verify the version of saw',
    ]);
    expect(await one(machine, 'hammer')).toMatchObject({ version: '2.5.0', origin: 'cache' });
    expect(machine.goRuns()).toEqual(['list', 'build']);
    expect(machine.cached()).toHaveLength(1);
  });

  it('is done once for two that want it at the same time', async () => {
    const machine = makeMachine();
    installGo(machine, { building: 'sleep 0.1' });
    const both = await Promise.all([one(machine, 'hammer'), one(machine, 'saw')]);
    expect(both.map((program) => program?.origin).sort()).toEqual(['build', 'cache']);
    expect(machine.goRuns()).toEqual(['list', 'build']);
  });

  it('that fails: go’s own words, and nothing stays', async () => {
    const machine = makeMachine();
    installGo(machine, { building: 'echo "kit.go:3: undefined: nail" >&2; exit 1' });
    const { missing } = await missingFrom(resolve(machine, ['hammer']));
    expect(missing[0]?.attempts.find(({ origin }) => origin === 'build')?.reason).toMatch(
      /^`go build` in \S+ failed with 1:\n# a word on the side\nexample.org\/dep\nkit\.go:3: undefined: nail$/,
    );
    expect(machine.cached()).toEqual([]);
  });

  it('whose program says another version is not kept', async () => {
    const machine = makeMachine();
    installGo(machine, { version: '2.4.0' });
    const { message } = await missingFrom(resolve(machine, ['hammer']));
    expect(message).toContain('example.org/kit@v2.5.0: hammer says that it is 2.4.0 instead of 2.5.0');
    expect(machine.cached()).toEqual([]);
  });

  it('that is aborted ends go and its children, and leaves nothing', async () => {
    const machine = makeMachine();
    installGo(machine, { building: `sh -c 'echo $$ > ${machine.root}/child; exec sleep 20'` });
    const stop = new AbortController();
    const building = resolve(machine, ['hammer'], {
      signal: stop.signal,
      onProgress: ({ detail }) => detail.startsWith('1 of') && setTimeout(() => stop.abort(new Error('Ctrl-C')), 50),
    });
    await expect(building).rejects.toThrow('Ctrl-C');
    expect(machine.cached()).toEqual([]);
    const child = Number(readFileSync(join(machine.root, 'child'), 'utf8'));
    await expect.poll(() => isAlive(child), { interval: 10 }).toBe(false);
  });
});

describe('the cache', () => {
  async function builtMachine() {
    const machine = makeMachine();
    installGo(machine);
    const path = (await one(machine, 'hammer'))?.path ?? '';
    return { machine, path };
  }

  it('takes a program whose time alone has changed, and not one whose content has', async () => {
    const { machine, path } = await builtMachine();
    utimesSync(path, 1_000, 1_000);
    expect(await one(machine, 'hammer')).toMatchObject({ origin: 'cache' });
    writeFileSync(path, saying('6.6.6'));
    expect(await one(machine, 'hammer', { allow: ['path'] }).catch(() => 'missing')).toBe('missing');
    expect(await one(machine, 'hammer')).toMatchObject({ origin: 'build' });
    expect(machine.cached()).toHaveLength(1);
  });

  it('does not take half a program', async () => {
    const { machine, path } = await builtMachine();
    writeFileSync(path, '');
    const { missing } = await missingFrom(resolve(machine, ['hammer'], { allow: ['cache'] }));
    expect(missing[0]?.attempts.map(({ reason }) => reason)).toContain(`${path} is not whole`);
  });

  it('keeps the builds of two clones with different pins apart', async () => {
    const { machine, path } = await builtMachine();
    machine.program('go/kit/go.sum', 'example.org/kit v2.5.0 h1:other=\n');
    const other = await one(machine, 'hammer');
    expect(other).toMatchObject({ origin: 'build' });
    expect(other?.path).not.toBe(path);
    expect(machine.cached()).toHaveLength(2);
  });

  it('loses what a killed build has left', async () => {
    const { machine, path } = await builtMachine();
    machine.program('cache/tools/kit/.draft-dead/hammer', 'half');
    rmSync(path);
    await one(machine, 'hammer');
    expect(machine.cached()).toHaveLength(1);
  });
});

describe('programs that cannot be had', () => {
  it('are reported together, each with every way tried and what to do', async () => {
    const machine = makeMachine();
    const { message, missing } = await missingFrom(resolve(machine, ['saw', 'anvil', 'hammer']));
    expect(missing.map(({ name }) => name)).toEqual(['anvil', 'hammer', 'saw']);
    expect(missing[1]?.attempts.map(({ origin }) => origin)).toEqual(['path', 'cache', 'cache', 'release', 'build']);
    expect(message).toContain('hammer cannot be had on this machine:\n  path     no hammer on PATH\n');
    expect(message).toMatch(/\n {2}release {2}http:\/\/127\.0\.0\.1:1\/owner\/kit\/\S+: connect ECONNREFUSED/);
    expect(message).toContain('\n  build    go is not on PATH\n');
    expect(message).toContain(
      'Remedy: put hammer (2.0.0 or newer, below 3.0.0) on PATH, or set CHAINWATCH_HAMMER to its path, or install Go',
    );
  });

  it('are not sought in ways that are not allowed', async () => {
    const machine = makeMachine();
    installGo(machine);
    const { missing } = await missingFrom(resolve(machine, ['hammer'], { allow: ['path', 'cache'] }));
    expect(new Set(missing[0]?.attempts.map(({ origin }) => origin))).toEqual(new Set(['path', 'cache']));
    expect(machine.goRuns()).toEqual([]);
  });

  it('for want of room: that is the remedy', async () => {
    const machine = makeMachine();
    installGo(machine, { building: 'echo "write x: no space left on device" >&2; exit 1' });
    const { missing } = await missingFrom(resolve(machine, ['hammer']));
    expect(missing[0]?.remedy).toContain(`free some space for ${machine.surroundings.cache}`);
  });

  it('since the cache is a file: the reason is given, not thrown', async () => {
    const machine = makeMachine();
    machine.program('cache', '');
    const { missing } = await missingFrom(resolve(machine, ['hammer']));
    expect(missing[0]?.attempts.at(-1)?.reason).toMatch(/ENOTDIR|EEXIST/);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

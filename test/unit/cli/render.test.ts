import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeError, Interrupted } from '../../../cli/errors.ts';
import { exitCodes } from '../../../cli/exitCodes.ts';
import { renderFiles, renderPlaces } from '../../../cli/render/files.ts';
import { type FolderOptions, MANIFEST, type Written, writeFolder } from '../../../cli/render/folder.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { known, stackOf } from '../../fixtures/toy.ts';
import { temporaryFolder } from './terminal.ts';

const files = (...paths: string[]) => new Map(paths.map((path) => [path, `text of ${path}\n`]));

const never = new AbortController().signal;

function write(
  folder: string,
  paths: ReadonlyMap<string, string>,
  more: Partial<FolderOptions> = {},
): Promise<Written> {
  return writeFolder(folder, { stack: 'dev', files: paths, force: false, signal: never, ...more });
}

describe('the folder', () => {
  test('is made, holds the files and a manifest, and a second time nothing changes', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    expect(await write(folder, files('x', 'rules/y'))).toEqual({
      added: ['x', 'rules/y'],
      changed: [],
      removed: [],
      same: 0,
    });
    expect(readFileSync(join(folder, 'rules/y'), 'utf8')).toBe('text of rules/y\n');
    const manifest = readFileSync(join(folder, MANIFEST), 'utf8');
    expect(await write(folder, files('x', 'rules/y'))).toEqual({
      added: [],
      changed: [],
      removed: [],
      same: 2,
    });
    expect(readFileSync(join(folder, MANIFEST), 'utf8')).toBe(manifest);
    expect(readdirSync(folder).sort()).toEqual([MANIFEST, 'rules', 'x']);
  });

  test('loses what no longer belongs there, empty folders included, and nothing else', async () => {
    const folder = temporaryFolder();
    await write(folder, files('x', 'rules/y', 'rules/z', 'deep/er/w'));
    writeFileSync(join(folder, 'rules', 'mine'), 'mine');
    expect((await write(folder, files('x'))).removed).toEqual(['rules/y', 'rules/z', 'deep/er/w']);
    expect(readdirSync(folder).sort()).toEqual([MANIFEST, 'rules', 'x']);
    expect(readFileSync(join(folder, 'rules', 'mine'), 'utf8')).toBe('mine');
  });

  test('of somebody else is refused, unless forced; then what is there stays', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'important'), 'important');
    await expect(write(folder, files('x'))).rejects.toThrow('render did not write it');
    expect(readdirSync(folder)).toEqual(['important']);
    await write(folder, files('x'), { force: true });
    expect(readFileSync(join(folder, 'important'), 'utf8')).toBe('important');
  });

  test('a file that somebody changed is not lost without a word', async () => {
    const folder = temporaryFolder();
    await write(folder, files('x', 'y', 'z'));
    writeFileSync(join(folder, 'x'), 'changed');
    writeFileSync(join(folder, 'y'), 'changed');
    writeFileSync(join(folder, 'w'), 'put there');
    const again = () => write(folder, files('x', 'z', 'w'));
    await expect(again()).rejects.toThrow('3 files are not as render wrote them:\n  w\n  x\n  y');
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('changed');
    await write(folder, files('x', 'z', 'w'), { force: true });
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('text of x\n');
    expect(existsSync(join(folder, 'y'))).toBe(false);
  });

  test('of another stack is refused', async () => {
    const folder = temporaryFolder();
    await write(folder, files('x'), { stack: 'testnet' });
    await expect(write(folder, files('x'), { stack: 'mainnet' })).rejects.toThrow(
      `${folder} holds stack testnet, not mainnet`,
    );
  });

  test('a manifest that leads out of it is refused', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'out');
    mkdirSync(folder);
    writeFileSync(join(parent, 'victim'), 'alive');
    writeFileSync(join(folder, MANIFEST), JSON.stringify({ format: 1, stack: 'dev', files: { '../victim': 'x' } }));
    await expect(write(folder, files('x'), { force: true })).rejects.toThrow('names ../victim, which is outside');
    expect(readFileSync(join(parent, 'victim'), 'utf8')).toBe('alive');
  });

  test('a manifest that is not ours is refused', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, MANIFEST), '{');
    await expect(write(folder, files('x'), { force: true })).rejects.toThrow('is not as render wrote it');
  });

  test('a link in the place of a file is replaced, not followed', async () => {
    const parent = temporaryFolder();
    writeFileSync(join(parent, 'victim'), 'alive');
    const folder = join(parent, 'out');
    await write(folder, files('y'));
    symlinkSync(join(parent, 'victim'), join(folder, 'x'));
    await write(folder, files('x', 'y'), { force: true });
    expect(readFileSync(join(parent, 'victim'), 'utf8')).toBe('alive');
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('text of x\n');
  });
});

function snapshot(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names.map((name) => {
      const path = join(folder, name);
      const about = lstatSync(path);
      if (about.isSymbolicLink()) return [name, `→ ${readlinkSync(path)}`];
      return [name, about.isDirectory() ? 'folder' : readFileSync(path, 'utf8')];
    }),
  );
}

describe('a run that does not come to its end leaves the folder as it was', () => {
  /** Holds a file of each fate: the same, changed, stale, foreign, a link, in the way. */
  async function mixture(parent: string): Promise<string> {
    const folder = join(parent, 'out');
    await write(folder, files('same', 'stale/a', 'b'));
    writeFileSync(join(folder, 'mine'), 'mine');
    symlinkSync(join(parent, 'victim'), join(folder, 'link'));
    writeFileSync(join(folder, 'b'), 'changed');
    return folder;
  }

  test('when it is interrupted', async () => {
    const parent = temporaryFolder();
    writeFileSync(join(parent, 'victim'), 'alive');
    const folder = await mixture(parent);
    const [kept, outside] = [snapshot(folder), snapshot(parent)];
    const wanted = files('b', 'deep/er/new', 'link', 'same', 'z');
    // After any of its files.
    for (let heard = 0; heard <= wanted.size; heard += 1) {
      let asked = 0;
      const signal = Object.assign(new EventTarget(), {
        ...{ aborted: false, reason: undefined, onabort: null },
        throwIfAborted: () => {
          if (asked === heard) throw new Interrupted(exitCodes.interrupted);
          asked += 1;
        },
      });
      const run = write(folder, wanted, { force: true, signal });
      if (heard < wanted.size) {
        await expect(run).rejects.toThrow('interrupted');
        expect(snapshot(folder)).toEqual(kept);
        expect(snapshot(parent)).toEqual(outside);
      } else expect((await run).removed).toEqual(['stale/a']);
    }
    expect(existsSync(join(folder, 'stale'))).toBe(false);
  });

  test('when it fails in the middle; a new folder is gone again', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'not', 'yet', 'there');
    // A file stands where the third needs a folder.
    await expect(write(folder, files('a', 'b', 'a/c'))).rejects.toThrow();
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe('a folder that cannot be made is named at once, with a remedy', () => {
  const cases: [string, () => string, string][] = [
    ['a file', () => fileIn(temporaryFolder()), 'a file stands where a folder is needed'],
    ['below a file', () => join(fileIn(temporaryFolder()), 'x', 'y'), 'a file stands where a folder is needed'],
    ['/proc, which takes none', () => '/proc/chainwatch/x', '/proc/chainwatch: no folder can be made there (ENOENT)'],
    ['a disk that refuses', () => '/sys/chainwatch', '/sys/chainwatch: '],
    ['one without the right to write', readOnlyFolder, 'permission denied (EACCES)'],
  ];

  function fileIn(folder: string): string {
    writeFileSync(join(folder, 'file'), '');
    return join(folder, 'file');
  }

  function readOnlyFolder(): string {
    const folder = temporaryFolder();
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
    return join(folder, 'x');
  }

  test.for(cases)('%s', async ([name, make, message], { skip }) => {
    if (process.platform !== 'linux' && /^(\/proc|a disk)/.test(name)) skip('only Linux has such folders');
    if (process.getuid?.() === 0 && name.startsWith('one without')) skip('root may write everywhere');
    const report = describeError(await write(make(), files('x')).catch((error: unknown) => error), false);
    expect(report.exitCode).toBe(exitCodes.storage);
    expect(report.message).toContain(message);
    expect(report.message).toContain('\nRemedy: ');
  });

  test('a folder in the place of a file', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'x'));
    await expect(write(folder, files('x'), { force: true })).rejects.toThrow(
      `${join(folder, 'x')}: a folder stands where a file is needed`,
    );
  });
});

describe('the files', () => {
  const stack = stackOf({
    notifications: { receivers: { team: { slack: { webhook: { secret: 'slackWebhook' } } } }, default: 'team' },
  });
  const rendered = renderFiles(stack, makePlan(stack, known));

  test('are those that a person expects, sorted', () => {
    const paths = [...rendered.keys()];
    expect(paths).toEqual([...paths].sort());
    expect(paths).toEqual(
      expect.arrayContaining([
        'alertmanager.yml',
        'prometheus.yml',
        'rules/net.yaml',
        'rules/system.yaml',
        'services/receiver.json',
      ]),
    );
  });

  test('name services as addresses and secrets as mounted files', () => {
    expect(rendered.get('alertmanager.yml')).toContain('url: http://receiver:2021/webhook');
    expect(rendered.get('alertmanager.yml')).toContain('api_url_file: /etc/chainwatch/secrets/slackWebhook');
    expect(rendered.get('services/receiver.json')).toContain('"/etc/chainwatch/secrets/receiverToken"');
    expect(renderPlaces(stack).address('blackbox')).toBe('blackbox:9115');
  });

  test('are the same bytes each time', () => {
    expect([...renderFiles(stack, makePlan(stack, known))]).toEqual([...rendered]);
  });
});

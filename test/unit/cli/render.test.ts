import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderFiles, renderPlaces } from '../../../cli/render/files.ts';
import { MANIFEST, writeFolder } from '../../../cli/render/folder.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { known, stackOf } from '../../fixtures/toy.ts';
import { temporaryFolder } from './terminal.ts';

const files = (...paths: string[]) => new Map(paths.map((path) => [path, `text of ${path}\n`]));

describe('the folder', () => {
  test('is made, holds the files and a manifest, and a second time nothing changes', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    expect(writeFolder(folder, 'dev', files('x', 'rules/y'), false)).toEqual({
      added: ['x', 'rules/y'],
      changed: [],
      removed: [],
      same: 0,
    });
    expect(readFileSync(join(folder, 'rules/y'), 'utf8')).toBe('text of rules/y\n');
    const manifest = readFileSync(join(folder, MANIFEST), 'utf8');
    expect(writeFolder(folder, 'dev', files('x', 'rules/y'), false)).toEqual({
      added: [],
      changed: [],
      removed: [],
      same: 2,
    });
    expect(readFileSync(join(folder, MANIFEST), 'utf8')).toBe(manifest);
    expect(readdirSync(folder).sort()).toEqual([MANIFEST, 'rules', 'x']);
  });

  test('loses what no longer belongs there, empty folders included, and nothing else', () => {
    const folder = temporaryFolder();
    writeFolder(folder, 'dev', files('x', 'rules/y', 'rules/z', 'deep/er/w'), false);
    writeFileSync(join(folder, 'rules', 'mine'), 'mine');
    expect(writeFolder(folder, 'dev', files('x'), false).removed).toEqual(['rules/y', 'rules/z', 'deep/er/w']);
    expect(readdirSync(folder).sort()).toEqual([MANIFEST, 'rules', 'x']);
    expect(readFileSync(join(folder, 'rules', 'mine'), 'utf8')).toBe('mine');
  });

  test('of somebody else is refused, unless forced; then what is there stays', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'important'), 'important');
    expect(() => writeFolder(folder, 'dev', files('x'), false)).toThrow('render did not write it');
    expect(readdirSync(folder)).toEqual(['important']);
    writeFolder(folder, 'dev', files('x'), true);
    expect(readFileSync(join(folder, 'important'), 'utf8')).toBe('important');
  });

  test('a file that somebody changed is not lost without a word', () => {
    const folder = temporaryFolder();
    writeFolder(folder, 'dev', files('x', 'y', 'z'), false);
    writeFileSync(join(folder, 'x'), 'changed');
    writeFileSync(join(folder, 'y'), 'changed');
    writeFileSync(join(folder, 'w'), 'put there');
    const again = () => writeFolder(folder, 'dev', files('x', 'z', 'w'), false);
    expect(again).toThrow('3 files are not as render wrote them:\n  w\n  x\n  y');
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('changed');
    writeFolder(folder, 'dev', files('x', 'z', 'w'), true);
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('text of x\n');
    expect(existsSync(join(folder, 'y'))).toBe(false);
  });

  test('of another stack is refused', () => {
    const folder = temporaryFolder();
    writeFolder(folder, 'testnet', files('x'), false);
    expect(() => writeFolder(folder, 'mainnet', files('x'), false)).toThrow(
      `${folder} holds stack testnet, not mainnet`,
    );
  });

  test('a manifest that leads out of it is refused', () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'out');
    mkdirSync(folder);
    writeFileSync(join(parent, 'victim'), 'alive');
    writeFileSync(join(folder, MANIFEST), JSON.stringify({ format: 1, stack: 'dev', files: { '../victim': 'x' } }));
    expect(() => writeFolder(folder, 'dev', files('x'), true)).toThrow('names ../victim, which is outside');
    expect(readFileSync(join(parent, 'victim'), 'utf8')).toBe('alive');
  });

  test('a manifest that is not ours is refused', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, MANIFEST), '{');
    expect(() => writeFolder(folder, 'dev', files('x'), true)).toThrow('is not as render wrote it');
  });

  test('a link in the place of a file is replaced, not followed', () => {
    const parent = temporaryFolder();
    writeFileSync(join(parent, 'victim'), 'alive');
    const folder = join(parent, 'out');
    writeFolder(folder, 'dev', files('y'), false);
    symlinkSync(join(parent, 'victim'), join(folder, 'x'));
    writeFolder(folder, 'dev', files('x', 'y'), true);
    expect(readFileSync(join(parent, 'victim'), 'utf8')).toBe('alive');
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('text of x\n');
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

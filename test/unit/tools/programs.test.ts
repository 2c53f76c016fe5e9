import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtName } from '../../../tools/build.ts';
import { fill } from '../../../tools/platform.ts';
import { programNames, programTable } from '../../../tools/programs.ts';
import { isWithin } from '../../../tools/version.ts';

const ROOT = new URL('../../../', import.meta.url);
const { families, programs } = programTable;
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8');
const escaped = (text: string): string => text.replace(/[.+]/g, '\\$&');
const builtFamilies = Object.entries(families).flatMap(([family, { go }]) => (go ? [{ family, go }] : []));

describe('the program table', () => {
  it('has a family for each program, and a way to get it or none of ours', () => {
    const lost = programNames.filter((name) => !families[programs[name]?.family ?? '']);
    expect(lost).toEqual([]);
    const unbuilt = programNames.filter(
      (name) => families[programs[name]?.family ?? '']?.go && !programs[name]?.goPackage,
    );
    expect(unbuilt).toEqual([]);
  });

  it('accepts on PATH what it pins', () => {
    const refused = Object.entries(programs).filter(
      ([, { family, accepts }]) => !isWithin(families[family]?.version ?? '', accepts),
    );
    expect(refused).toEqual([]);
  });

  it('fills every release template', () => {
    const values = { version: '1.2.3', os: 'linux', arch: 'amd64', program: 'x' };
    for (const { release } of Object.values(families)) {
      if (!release) continue;
      const filled = [release.member, release.archive, release.sums].map((template) => fill(template, values));
      expect(filled.join()).not.toMatch(/[{}]/);
    }
    expect(() => fill('{nonsense}', values)).toThrow('no value for {nonsense}');
  });

  it('pins the npm package that package-lock.json pins', () => {
    const lock: { packages: Record<string, { version?: string }> } = JSON.parse(read('package-lock.json'));
    expect(lock.packages['node_modules/@foundry-rs/anvil']?.version).toBe(families.anvil?.version);
  });

  it('has no folder of a family that it does not know', () => {
    expect(readdirSync(new URL('tools/go', ROOT)).sort()).toEqual(builtFamilies.map(({ family }) => family).sort());
  });

  it.each(builtFamilies)('$family: go.mod and go.sum pin the module and name the programs', ({ family, go }) => {
    const mod = read(`tools/go/${family}/go.mod`);
    expect(mod).toMatch(new RegExp(`\\s${escaped(`${go.module} ${go.moduleVersion}`)}( // indirect)?\n`));
    const mains = Object.values(programs).flatMap((spec) =>
      spec.family === family && spec.goPackage ? [spec.goPackage] : [],
    );
    const tools = [...mod.matchAll(/^(?:tool |\t)([^\s(]\S*)$/gm)].map(([, main]) => main);
    expect(tools.sort()).toEqual([...new Set(mains)].sort());
    expect(read(`tools/go/${family}/go.sum`)).toContain(`${go.module} ${go.moduleVersion} h1:`);
  });
});

describe('kube', () => {
  const mod = read('tools/go/kube/go.mod');
  const [, minor = ''] = /^v1(\.\d+\.\d+)$/.exec(families.kube?.go?.moduleVersion ?? '') ?? [];

  it('replaces each of its staging modules by the version that was released with it', () => {
    const replaced = [...mod.matchAll(/^\t(k8s\.io\/\S+) => (\S+) (\S+)$/gm)];
    expect(replaced.length).toBeGreaterThan(25);
    expect(replaced.filter(([, from, to, version]) => from !== to || version !== `v0${minor}`)).toEqual([]);
  });

  it('stamps the version that its programs are to print', () => {
    const stamps = Object.entries(families.kube?.go?.stamp ?? {}).filter(([name]) => name.endsWith('.gitVersion'));
    expect(stamps.map(([, value]) => value)).toEqual([`v1${minor}`, `v1${minor}`]);
    expect(families.kube?.version).toBe(`1${minor}`);
  });

  it('is one main that knows each of its programs by name', () => {
    const main = read('tools/go/kube/main.go');
    const ours = Object.keys(programs).filter((name) => programs[name]?.goPackage === 'chainwatch/tools/kube');
    expect(ours.filter((name) => !main.includes(`"${name}"`))).toEqual([]);
  });
});

describe('builtName', () => {
  it.each([
    ['github.com/prometheus/prometheus/cmd/promtool', 'promtool'],
    ['github.com/nats-io/nats-server/v2', 'nats-server'],
    ['go.etcd.io/etcd/server/v3', 'server'],
    ['./kube', 'kube'],
  ])('%s: %s', (goPackage, expected) => {
    expect(builtName(goPackage)).toBe(expected);
  });
});

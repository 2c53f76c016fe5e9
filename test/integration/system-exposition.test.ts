/** The simulated environment speaks as the real programs do: the same names, types and labels, of what both show. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemSimulator } from '../../chains/system/simulator.ts';
import { type Family, readExposition } from '../../model/exposition/read.ts';
import { freePort } from '../../tools/freePort.ts';
import { type ProgramName, resolveProgram } from '../../tools/index.ts';

const MINUTES = 60_000;
/** For want of hardware, or of systemd's bus, a real node_exporter may not show these. */
const NOT_EVERYWHERE = /^node_(md|systemd|nf_conntrack|pressure|timex)_/;

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-exposition-'));
const children: ChildProcess[] = [];

/** Whatever it is for, each program says more once it has something to do. */
async function start(name: ProgramName, args: readonly string[]): Promise<void> {
  const { path } = await resolveProgram(name);
  children.push(spawn(path, args, { cwd: folder, stdio: 'ignore' }));
}

const urls: Record<string, string> = {};

beforeAll(async () => {
  const names = ['node-exporter', 'prometheus', 'alertmanager', 'cluster', 'nobody'];
  const ports: Record<string, number> = {};
  for (const name of names) ports[name] = await freePort();
  for (const name of names) urls[name] = `http://127.0.0.1:${ports[name]}`;
  const listen = (name: string) => `--web.listen-address=127.0.0.1:${ports[name]}`;
  writeFileSync(join(folder, 'backup.prom'), '# TYPE backup_ok gauge\nbackup_ok 1\n');
  writeFileSync(join(folder, 'rules.yml'), 'groups: [{name: g, rules: [{alert: Always, expr: vector(1)}]}]\n');
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports.alertmanager}`] }] }] },
      scrape_configs: [{ job_name: 'p', static_configs: [{ targets: [`127.0.0.1:${ports.prometheus}`] }] }],
      remote_write: [{ name: 'archive', url: `${urls.nobody}/write` }],
    }),
  );
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    JSON.stringify({
      route: { receiver: 'r', group_wait: '1s' },
      receivers: [{ name: 'r', webhook_configs: [{ url: urls.nobody }] }],
    }),
  );
  await start('node_exporter', [listen('node-exporter'), `--collector.textfile.directory=${folder}`]);
  await start('alertmanager', [
    listen('alertmanager'),
    '--config.file=alertmanager.yml',
    '--storage.path=alertmanager',
    `--cluster.listen-address=127.0.0.1:${ports.cluster}`,
    '--cluster.advertise-address=127.0.0.1:1',
    // As the catalogue has it: the name of the receiver beside the kind of message.
    '--enable-feature=receiver-name-in-metrics',
  ]);
  await start('prometheus', [listen('prometheus'), '--config.file=prometheus.yml', '--storage.tsdb.path=prometheus']);
}, 10 * MINUTES);

afterAll(async () => {
  await Promise.all(
    children.map((child) => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      return child.exitCode === null && child.kill('SIGKILL') ? gone : undefined;
    }),
  );
  rmSync(folder, { recursive: true, force: true });
});

type Families = ReadonlyMap<string, Family>;

function familiesOf(text: string): Families {
  const { families, faults } = readExposition(text);
  expect(faults).toEqual([]);
  return new Map(families.map((family) => [family.name, family]));
}

/** All that the simulator shows of it, well and ill; but for the page that is too large. */
function simulated(component: string): Map<string, Family> {
  const target = { component, index: 0, instance: `${component}-0` };
  const faults = systemSimulator.faults.filter(({ name }) => name !== 'too-many-jobs').map(({ name }) => [name]);
  const pages = [[], ...faults].map((active) => {
    const moment = { time: 9000, wallStart: 1.79e9, timeScale: 1, seed: 1 };
    return systemSimulator.expose(target, { ...moment, faults: active.map((fault) => ({ fault, from: 1000 })) });
  });
  return new Map(pages.flatMap((page) => [...familiesOf(page ?? '')]));
}

/** What differs from the real program, by name. */
function differences(component: string, real: Families): string[] {
  return [...simulated(component)].flatMap(([name, { type, labels }]) => {
    const its = real.get(name);
    if (its === undefined) return NOT_EVERYWHERE.test(name) ? [] : [`${name}: the real one does not show it`];
    const [own, wanted] = [labels, its.labels].map((each) => [...each.keys()].sort().join());
    return [
      ...(type === its.type ? [] : [`${name}: ${type}, really ${its.type}`]),
      ...(own === wanted ? [] : [`${name}: labels ${own}, really ${wanted}`]),
    ];
  });
}

it.each(['node-exporter', 'prometheus', 'alertmanager'])(
  'the simulated %s shows what the real one shows',
  { timeout: 5 * MINUTES },
  async (component) => {
    let found = ['it does not answer'];
    // Some series begin with the first event of their kind: the first alert that was sent, the first sample that was not.
    for (const deadline = Date.now() + 2 * MINUTES; found.length > 0 && Date.now() < deadline; await sleep(500)) {
      const page = await fetch(`${urls[component]}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      );
      found = page === '' ? found : differences(component, familiesOf(page));
    }
    expect(found).toEqual([]);
  },
);

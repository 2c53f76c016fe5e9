/** `chainwatch rules import` on set-ups as people have them, and its draft before the real promtool. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../fixtures/programs.ts';
import { inProcess, ROOT } from './command.ts';

const FIXTURES = join(ROOT, 'test', 'fixtures', 'import');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-import-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const imported = (...args: string[]) => inProcess(['rules', 'import', ...args], { cwd: FIXTURES });

describe('a rule file of Prometheus', () => {
  test('is judged by the chain that it reads, each fault with its line; the draft is on stdout alone', async () => {
    const { code, stdout, stderr } = await imported('alert_rules.yml');
    expect(code).toBe(1);
    const lines = stderr.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '✗ alert_rules.yml:6: L2GethDown has the severity "page", which is none of critical, warning, info; the draft says critical',
        '✗ alert_rules.yml:7: L2GethDown selects up by job, a name that whoever scrapes makes up: select it by component',
        '✗ alert_rules.yml:15: BatcherLowETH reads op_batcher_balance, which is in no catalogue; did you mean "op_batcher_default_balance"?',
        '✗ alert_rules.yml:23: TooManyErrors asks for > 3 where its text says "three or more", which is >= 3',
        // As many as there are lines of faults.
        `5 alerts, 1 recording, 1 not translated, judged by op-stack (by what they read; --chain names another): ${lines.filter((line) => line.startsWith('✗')).length} faults`,
      ]),
    );
    expect(stderr).toMatch(/alert_rules\.yml:42: Broken PromQL does not parse at its end.*; the draft leaves it out\n/);
    expect(stdout).toMatch(/^# recording\.yaml\n/);
    expect(stdout).not.toContain('✗');
  });

  test('is written where --out says, in a form that promtool takes, and never over what is there', async () => {
    const out = join(folder, 'draft');
    const first = await imported('alert_rules.yml', '--out', out);
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 1, stderr: '' });
    expect(first.stdout).toContain(`written: ${join(out, 'recording.yaml')}, ${join(out, 'alerts.yaml')}\n`);
    const checked = await run('promtool', ['check', 'rules', 'alerts.yaml', 'recording.yaml'], out);
    expect(checked.code, checked.stdout + checked.stderr).toBe(0);
    const before = readFileSync(join(out, 'alerts.yaml'), 'utf8');
    const again = await imported('alert_rules.yml', '--out', out);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain(
      'has recording.yaml and alerts.yaml already, and nothing is written\nRemedy: name a new folder',
    );
    expect(readFileSync(join(out, 'alerts.yaml'), 'utf8')).toBe(before);
  });

  test('in order ends with 0', async () => {
    const { code, stdout, stderr } = await imported('prometheusrule.yaml', '--chain', 'system');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '1 alert, 0 recordings, judged by system: 0 faults\n' });
    expect(stdout).toContain(
      '      - alert: JobsFail\n        expr: rate(node_disk_reads_completed_total{device="sda"}[10m]) > 100\n',
    );
  });
});

test('names are judged by the chain that is named', async () => {
  const file = join(folder, 'names.yml');
  writeFileSync(
    file,
    JSON.stringify([
      { alert: 'GethNodeDown', expr: 'aztec_geth_up == 0' },
      { alert: 'Busy', expr: 'rate(process_cpu_seconds_total[10m]) > 3' },
    ]),
  );
  const { code, stderr } = await imported(file, '--chain', 'aztec');
  expect(code).toBe(1);
  expect(stderr).toContain(
    'GethNodeDown reads aztec_geth_up, which a script of the old set-up pushed; read chainwatch_rpc_up',
  );
  expect(stderr).toContain('GethNodeDown is RpcEndpointDown now: ');
  expect(stderr).toContain('Busy reads process_cpu_seconds_total, which no program of Aztec emits; read ');
  const other = await imported(file, '--chain', 'op-stack');
  expect(other.stderr).toContain('reads aztec_geth_up, which is in no catalogue');
  expect(other.stderr).not.toContain('reads process_cpu_seconds_total');
});

test('an export of Grafana becomes PromQL where it can; the rest is named', async () => {
  const { code, stdout } = await imported('grafana-export.json', '--chain', 'op-stack', '--json');
  expect(code).toBe(1);
  const { alerts, untranslated, remarks, files, judgedBy } = JSON.parse(stdout);
  expect({ alerts, judgedBy }).toEqual({ alerts: 2, judgedBy: 'op-stack' });
  expect(untranslated).toMatchObject([
    { name: 'Errors in the log', reason: 'asks a data source of the type loki, not Prometheus' },
  ]);
  expect(files['alerts.yaml']).toContain('avg_over_time(op_node_default_peer_count[20m]) < 3');
  const messages = remarks.map(({ message }: { message: string }) => message);
  expect(messages).toContain('asks for > 3 where its text says "3+", which is >= 3');
  expect(messages).toContain('is a classic condition, which is one alert for all series; the draft has one for each');
});

test.each([
  [
    'eq-service.yml',
    3,
    0,
    [
      'eq-service.yml:6: EqServiceDown selects up by job',
      'eq-service.yml:10: JobsFailing asks for > 0.1 where its text says "10% or more"',
    ],
  ],
  [
    'aztec.yml',
    3,
    0,
    [
      'aztec.yml:16: AttestationsMissed has "10 min" for for',
      'aztec.yml:14: AttestationsMissed asks for > 5 where its text says "five or more"',
    ],
  ],
  [
    'the-block.yaml',
    2,
    1,
    [
      'the-block.yaml:10: ConvergenceLag has the severity "page"',
      'the-block.yaml:15: ReadDenied lacks labels.severity, labels.component',
    ],
  ],
])(
  '%s, in the style of another set-up: every rule is in the draft, and its own faults are told',
  async (file, alerts, recordings, told) => {
    const { code, stdout } = await imported(file, '--chain', 'op-stack', '--json');
    expect(code).toBe(1);
    const outcome = JSON.parse(stdout);
    expect(outcome).toMatchObject({ alerts, recordings, untranslated: [] });
    const lines = outcome.remarks.map(
      (each: Readonly<Record<string, string>>) => `${each.file}:${each.line}: ${each.rule} ${each.message}`,
    );
    for (const start of told) expect(lines).toContainEqual(expect.stringContaining(start));
  },
);

test('of a whole folder all files with rules are taken, the others named, and routes that nothing takes', async () => {
  const { code, stdout, stderr } = await imported(
    '.',
    '--chain',
    'op-stack',
    '--alertmanager',
    'alertmanager.yml',
    '-o',
    join(folder, 'all'),
  );
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toContain('routes that were looked at: alertmanager.yml\n');
  expect(stdout).not.toContain('left out');
  expect(stdout).toContain('17 alerts, 2 recordings, 2 not translated, judged by op-stack: ');
  expect(stdout).toContain(
    '✗ alertmanager.yml:7: leads to the receiver "pagr", which is not there; did you mean "pager"?\n',
  );
  expect(stdout).toMatch(
    /✗ alertmanager\.yml:15: is a route that none of the 17 alerts takes: severity=~"info\|none"\n/,
  );
  const checked = await run('promtool', ['check', 'rules', 'alerts.yaml', 'recording.yaml'], join(folder, 'all'));
  expect(checked.code, checked.stdout + checked.stderr).toBe(0);
});

test('a configuration of an Alertmanager in the folder needs no naming; one that is named counts alone', async () => {
  const { stderr } = await imported('.', '--chain', 'op-stack');
  expect(stderr).toContain('routes that were looked at: alertmanager.yml\n');
  expect(stderr).toContain('✗ alertmanager.yml:7: leads to the receiver "pagr", which is not there');
  const other = join(folder, 'other.yml');
  writeFileSync(other, 'route: { receiver: m }\nreceivers: [{ name: m }]\n');
  const named = await imported('.', '--chain', 'op-stack', '--alertmanager', other);
  expect(named.stderr).toContain('left out, since --alertmanager names another: alertmanager.yml\n');
  expect(named.stderr).not.toContain('✗ alertmanager.yml');
});

describe('a draft that promtool refuses', () => {
  const file = (name: string, summary: string) => {
    const path = join(folder, name);
    writeFileSync(
      path,
      `groups:\n- name: n\n  rules:\n  - alert: A\n    expr: up == 0\n    annotations:\n      summary: '${summary}'\n`,
    );
    return path;
  };

  test('says so with the place, in words of our own where we know them, and each fault once', async () => {
    const { code, stdout, stderr } = await imported(file('ours.yml', '{{ $lables.foo }}'), '--chain', 'system');
    expect(code).toBe(1);
    expect(stderr).toContain('ours.yml:7: A has an annotation summary that reads the variable $lables');
    expect(stderr).not.toContain('promtool');
    // What stands beside it on the terminal does not stand in it again.
    expect(stdout).not.toContain('fault:');
  });

  test('in those of promtool where we do not', async () => {
    const { code, stderr } = await imported(file('theirs.yml', '{{ ) }}'), '--chain', 'system');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /theirs\.yml:7: A would be refused by Prometheus: annotation summary: unexpected .* \(as promtool says\)\n/,
    );
    const out = join(folder, 'theirs');
    await imported(file('theirs.yml', '{{ ) }}'), '--chain', 'system', '-o', out);
    expect(readFileSync(join(out, 'alerts.yaml'), 'utf8')).toContain('# fault: would be refused by Prometheus: ');
  });
});

describe('what cannot be', () => {
  test.each<[string, string[], string]>([
    ['no such file', ['nowhere.yml'], 'there is no file or folder'],
    [
      'a file of something else',
      ['alertmanager.yml'],
      'alertmanager.yml holds no rules\nRemedy: name a Prometheus rule file',
    ],
    ['an unknown chain', ['.', '--chain', 'op-stak'], 'unknown chain "op-stak"; did you mean "op-stack"?'],
    ['no such routes', ['.', '--alertmanager', 'x.yml'], 'name the configuration of your Alertmanager'],
  ])('%s is named', async (_, args, message) => {
    const { code, stdout, stderr } = await imported(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('an empty folder, and one file that is no YAML', async () => {
    mkdirSync(join(folder, 'empty'));
    expect((await imported(join(folder, 'empty'))).stderr).toContain('holds no file that could be one of rules');
    writeFileSync(join(folder, 'bad.yml'), 'groups:\n  - name: [\n');
    const { code, stderr } = await imported(join(folder, 'bad.yml'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/nothing could be imported:\n {2}\S+bad\.yml:\d: cannot be read: /);
    expect(existsSync(join(folder, 'empty', 'alerts.yaml'))).toBe(false);
  });
});

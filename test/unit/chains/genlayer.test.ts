/** GenLayer in stack files: those of its pages are whole, and come out as the set-up that they replace meant them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseStack } from '../../../config/parse.ts';
import type { GrafanaAlertRule } from '../../../model/grafana/types.ts';
import { makePlan, type Plan } from '../../../model/plan/plan.ts';
import { known, planNamed, ROOT, stackText, undrawn } from '../../fixtures/real.ts';

function yamlOf(page: string): Record<string, Record<string, unknown>>[] {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, code = '']) => parse(code));
}

const stacks = yamlOf('chains/genlayer.md').map(({ config }) => config ?? {});
const [adopting = {}, routing = {}] = yamlOf('migrate/genlayer.md');

function planOf(config: Readonly<Record<string, unknown>>): Plan {
  const environment = String(config['chainwatch:environment']);
  return makePlan(parseStack(config, { environment, knowledge: known.forConfig }), undrawn);
}

test('the stack that is delivered takes over what is there, as the page says', () => {
  const { grafana } = planNamed('testnet');
  const own = parse(stackText('testnet')).config['chainwatch:grafana'];
  const { adopt, groupNames } = Object(adopting['chainwatch:grafana']);
  expect([own.adopt, own.groupNames]).toEqual([adopt, groupNames]);
  expect(grafana?.folders).toContainEqual(expect.objectContaining({ uid: 'dfa1v9yck3ny8b', adopted: true }));
  const summaries = grafana?.ruleGroups
    .filter(({ title }) => title === 'Validator Memory Alerts')
    .flatMap(({ rules }) => rules.map((rule) => (rule.kind === 'alert' ? rule.annotations.summary : undefined)));
  expect(summaries).toEqual(
    ['1GB', '2GB', '3GB'].map((size) => expect.stringContaining(`High Memory Usage: 3+ Validators Above ${size}`)),
  );
});

test('every stack of the page is right', () => {
  expect(stacks).toHaveLength(3);
  for (const config of stacks) expect(planOf(config).ruleGroups.length).toBeGreaterThan(5);
});

describe('in Grafana Cloud', () => {
  const [cloud = {}] = stacks;
  const grafana = { ...Object(cloud['chainwatch:grafana']), ...adopting['chainwatch:grafana'] };
  const plan = planOf({ ...cloud, 'chainwatch:grafana': grafana });
  const fleet = plan.grafana?.ruleGroups.find(({ name }) => name === 'fleet-memory');
  const rules = (fleet?.rules ?? []).filter((rule): rule is GrafanaAlertRule => rule.kind === 'alert');

  test('there is nothing to scrape, and Grafana owns every rule of the network', () => {
    expect(plan.scrapeJobs.filter(({ owner }) => owner === 'genlayer-asimov')).toEqual([]);
    const engines = plan.ruleGroups.filter(({ owner }) => owner === 'genlayer-asimov').map(({ engine }) => engine);
    expect(new Set(engines)).toEqual(new Set(['grafana']));
  });

  test('the memory alerts keep their UIDs, folder and labels', () => {
    expect(fleet).toMatchObject({ folderUid: 'dfa1v9yck3ny8b', title: 'Validator Memory Alerts', intervalSeconds: 60 });
    expect(rules.map(({ uid, title, labels }) => [uid, title, labels.threshold, labels.severity])).toEqual([
      ['dfa1nyolt0cg0b', 'HighMemory3Validators1GB', '1gb', 'warning'],
      ['efa1nyp7dfxfkb', 'HighMemory3Validators2GB', '2gb', 'critical'],
      ['dfa1nypsvkglcc', 'HighMemory3Validators3GB', '3gb', 'critical'],
    ]);
    for (const { labels, for: pending, noDataState } of rules) {
      expect(labels).toMatchObject({ 'asimov-alert': 'true', component: 'validator', network: 'genlayer-asimov' });
      expect([pending, noDataState]).toEqual(['5m', 'OK']);
    }
  });

  test('they fire at three, not at four', () => {
    const text = JSON.stringify(rules[0]?.data);
    expect(text).toContain('"type":"gte"');
    expect(text).toContain('"params":[3]');
    expect(text).not.toContain('classic');
  });

  test('they go to the contact point that is there, with the timings of the set-up', () => {
    for (const { notificationSettings } of rules)
      expect(notificationSettings).toMatchObject({
        contactPoint: 'GenLayerLabs Slack',
        groupBy: ['grafana_folder', 'alertname', 'threshold'],
        groupWait: '30s',
        groupInterval: '5m',
        repeatInterval: '4h',
      });
  });

  test('the route is that of the page about the old set-up', () => {
    const { routes } = Object(cloud['chainwatch:notifications']);
    expect(routes).toEqual(routing['chainwatch:notifications']?.routes);
  });

  test('series of others are found by their job, what is made here by the name of the network', () => {
    const exprs = plan.ruleGroups.flatMap((group) => group.rules.map(({ expr }) => expr)).join('\n');
    expect(exprs).toContain('go_memstats_alloc_bytes{job="prometheus.scrape.genlayer_node",validator_name!=""}');
    expect(exprs).toContain('instance:genlayer_validator:alloc_bytes{network="genlayer-asimov"}');
    const watched = rulesWith(WATCHED).map(({ expr }) => expr);
    expect(watched.join('\n')).toMatch(
      /chainwatch_account_balance_ether\{network="genlayer-asimov",[^}]*chain="genlayer"/,
    );
  });

  const WATCHED = {
    rpcUrls: ['https://rpc.example'],
    accounts: { ann: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266' },
  };
  const rulesWith = (more: Readonly<Record<string, unknown>>) => {
    const { 'genlayer-asimov': network } = Object(cloud['chainwatch:networks']);
    const { ruleGroups } = planOf({ ...cloud, 'chainwatch:networks': { 'genlayer-asimov': { ...network, ...more } } });
    return ruleGroups.flatMap((group) => group.rules);
  };

  test('accounts are watched where there are some, and somebody to ask for their balance: else nothing is recorded of them', () => {
    const names = (more: Readonly<Record<string, unknown>>) =>
      rulesWith(more)
        .map(({ name }) => name)
        .filter((name) => /operator/i.test(name));
    expect([names({}), names({ rpcUrls: WATCHED.rpcUrls })]).toEqual([[], []]);
    expect(names(WATCHED)).toEqual([
      'account:genlayer_operator_balance:runway_hours',
      expect.stringContaining('Operator'),
      expect.stringContaining('Operator'),
      expect.stringContaining('Operator'),
    ]);
  });
});

describe('scraped by ourselves', () => {
  const [, own = {}] = stacks;

  test('each target is called by the name that Alloy would give it', () => {
    const [job] = planOf(own).scrapeJobs.filter(({ owner }) => owner === 'genlayer-bradbury');
    expect(job?.targets.map(({ labels }) => labels)).toEqual([
      { instance: 'validator-a', validator_name: 'validator-a' },
      { instance: 'validator-b', validator_name: 'validator-b' },
    ]);
  });

  test('accounts that nobody can read are refused', () => {
    const { 'genlayer-bradbury': network } = Object(own['chainwatch:networks']);
    const silent = { ...own, 'chainwatch:networks': { 'genlayer-bradbury': { ...network, rpcUrls: [] } } };
    expect(() => planOf(silent)).toThrow('are read by nobody');
  });
});

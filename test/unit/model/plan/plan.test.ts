import { afterEach, describe, expect, test, vi } from 'vitest';
import { RECEIVER_TOKEN } from '../../../../config/ownTokens.ts';
import { parseStack } from '../../../../config/parse.ts';
import { decide } from '../../../../model/alertmanager/explain.ts';
import { NOBODY } from '../../../../model/alertmanager/routes.ts';
import { plainFiles } from '../../../../model/files.ts';
import { makePlan, type Plan } from '../../../../model/plan/plan.ts';
import type { PlannedAlert } from '../../../../model/rules/instantiate.ts';
import { everything } from '../../../fixtures/everything.ts';
import { places } from '../../../fixtures/places.ts';
import * as real from '../../../fixtures/real.ts';
import { known, network, stackOf } from '../../../fixtures/toy.ts';

/** Every text in a value, with the way to it. */
function textsIn(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${path}/${key}`));
}

function alertsOf(plan: Plan): readonly (PlannedAlert & { readonly owner: string; readonly chain: string })[] {
  return plan.ruleGroups.flatMap(({ owner, chain, rules }) =>
    rules.flatMap((rule) => (rule.kind === 'alert' ? [{ ...rule, owner, chain }] : [])),
  );
}

/** The same, with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

const parse = (config: unknown) =>
  parseStack(config as Readonly<Record<string, unknown>>, { environment: 'test', knowledge: known.forConfig });
const written = (plan: Plan) => [...plainFiles(plan, places, { blackbox: true })];

describe('the plan', () => {
  afterEach(() => vi.restoreAllMocks());

  test('of the same stack is the same, to the byte', () => {
    expect(JSON.stringify(makePlan(parse(everything), known))).toBe(
      JSON.stringify(makePlan(parse(structuredClone(everything)), known)),
    );
  });

  test('does not depend on the order of keys in the file, nor do the files that are made from it', () => {
    expect(written(makePlan(parse(reversed(everything)), known))).toEqual(written(makePlan(parse(everything), known)));
  });

  test('reads no clock, no chance, no environment', () => {
    const stack = parse(everything);
    const forbidden = (what: string) => () => {
      throw new Error(`a plan may not look at ${what}`);
    };
    vi.spyOn(Date, 'now').mockImplementation(forbidden('the clock'));
    vi.spyOn(Math, 'random').mockImplementation(forbidden('chance'));
    vi.spyOn(performance, 'now').mockImplementation(forbidden('the clock'));
    vi.stubGlobal(
      'Date',
      class extends Date {
        constructor() {
          super(0);
          forbidden('the clock')();
        }
      },
    );
    vi.stubGlobal(
      'process',
      new Proxy(process, {
        get: (of, key) => (key === 'env' || key === 'cwd' ? forbidden(`process.${key}`)() : Reflect.get(of, key)),
      }),
    );
    try {
      const plan = makePlan(stack, known);
      written(plan);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('can be written as JSON and read back: it is plain data', () => {
    const plan = makePlan(parse(everything), known);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('names its secrets, and has no value of one', () => {
    const plan = makePlan(parse(everything), known);
    expect(plan.secrets).toEqual(['grafanaToken', RECEIVER_TOKEN, 'rpcUrl', 'slackWebhook']);
    expect(JSON.stringify(plan)).not.toContain('v1:');
  });

  test('has a rule group of a name only once', () => {
    const names = makePlan(parse(everything), known).ruleGroups.map((group) => group.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has the runbooks of the alerts that it has, and no others', () => {
    const plan = makePlan(
      stackOf({ networks: { net: { ...network, alerts: { HeadStalled: { enabled: false } } } } }),
      known,
    );
    expect(Object.keys(plan.runbooks)).toEqual(['system/Watchdog', 'toy/NodeDown']);
  });

  test('evaluates no more often than is scraped in compressed time', () => {
    const evaluation = (prometheus: object) => makePlan(stackOf({ prometheus }), known).prometheus.evaluationInterval;
    expect(evaluation({})).toBe(30);
    expect(evaluation({ evaluationInterval: '1m' })).toBe(60);
    expect(evaluation({ timeScale: 60, scrapeInterval: '2s' })).toBe(2);
    expect(evaluation({ timeScale: 10, scrapeInterval: '2s', evaluationInterval: '1m' })).toBe(6);
  });
});

describe.each(real.STACKS)('the plan of %s', (name) => {
  const stack = real.stackNamed(name);
  const plan = real.drawnPlanNamed(name);
  const alerts = alertsOf(plan);

  test('has alerts of every network and of the system', () => {
    expect([...new Set(alerts.map((alert) => alert.owner))].sort()).toEqual(
      [...stack.networks.map((each) => each.name), 'system'].sort(),
    );
  });

  test('names no alert twice for one owner', () => {
    const keys = alerts.map((alert) => `${alert.owner}/${alert.name}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('holds no address of a service and no path of a file: those the places give', () => {
    // What a person typed is no place. Runbooks are pages for people, full of commands.
    const typed = new Set(textsIn(stack).map(([, text]) => text));
    const suspicious = textsIn({ ...plan, runbooks: {} }).filter(
      ([, text]) =>
        !typed.has(text) &&
        /(^|[^\w.])(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)|:\/\/|^\/(etc|var|tmp|home|run|data|opt)\//.test(text),
    );
    expect(suspicious).toEqual([]);
  });

  test('has a page for every alert', () => {
    const without = alerts.filter((alert) => plan.runbooks[`${alert.chain}/${alert.name}`] === undefined);
    expect(without.map((alert) => `${alert.chain}/${alert.name}`)).toEqual([]);
  });

  test('puts owner, chain, environment, severity and subject on every alert', () => {
    const wrong = alerts.filter(({ labels, owner, chain, severity }) => {
      const own = owner === 'system' ? labels.network === undefined : labels.network === owner;
      return (
        !own ||
        labels.chain !== chain ||
        labels.environment !== name ||
        labels.severity !== severity ||
        !labels.subject ||
        !labels.component
      );
    });
    expect(wrong.map((alert) => alert.name)).toEqual([]);
  });

  test('records every alert', () => {
    const unrecorded = alerts.filter(
      ({ labels, name: alertname }) =>
        !decide(plan.alertmanager, { ...labels, alertname }).receivers.some((each) => each.startsWith('chainwatch')),
    );
    expect(unrecorded.map((alert) => alert.name)).toEqual([]);
  });

  test('names every secret that anything in it reads', () => {
    const named = new Set(plan.secrets);
    const read = textsIn({ ...plan, secrets: [] })
      .filter(([path]) => path.endsWith('/secret'))
      .map(([, secret]) => secret);
    expect(read.filter((secret) => !named.has(secret))).toEqual([]);
  });
});

test('mainnet wakes somebody for every critical alert, at any time', () => {
  const plan = real.planNamed('mainnet');
  const asleep = alertsOf(plan).filter(({ labels, severity, name }) => {
    if (severity !== 'critical') return false;
    const { steps } = decide(plan.alertmanager, { ...labels, alertname: name });
    return !steps.some(
      ({ route }) =>
        route.muteTimes.length === 0 &&
        plan.alertmanager.receivers.find((each) => each.name === route.receiver)?.channels?.pagerduty,
    );
  });
  expect(asleep.map((alert) => alert.name)).toEqual([]);
});

test.each(['testnet', 'mainnet'] as const)('%s tells somebody of every alert', (name) => {
  const plan = real.planNamed(name);
  const lost = alertsOf(plan).filter(({ labels, name: alertname, severity }) => {
    const people = decide(plan.alertmanager, { ...labels, alertname }).receivers.filter(
      (each) => !each.startsWith('chainwatch'),
    );
    // Only mainnet must have somebody outside who hears the Watchdog.
    if (severity === 'none' && name === 'testnet') return false;
    return people.length === 0 || people.includes(NOBODY);
  });
  expect(lost.map((alert) => alert.name)).toEqual([]);
});

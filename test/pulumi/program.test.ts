/** The program as the engine starts it: what it gives back, and what it says when something is wrong. */
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test, vi } from 'vitest';
import { type Change, configOf, IMAGE, SECRETS, type StackName } from './stacks.ts';
import { type Outcome, run } from './stand.ts';

let runs = 0;

interface Given {
  readonly change?: Change;
  /** The key of the secrets as the engine hands it over; absent: nobody set it. */
  readonly secrets?: Readonly<Record<string, unknown>>;
  readonly texts?: Readonly<Record<string, string>>;
  readonly encrypted?: readonly string[];
  /** Another name for the stack. */
  readonly as?: string;
}

async function program(
  stack: StackName,
  { change = {}, secrets, texts = {}, encrypted = [], as = stack }: Given,
): Promise<Outcome> {
  const config = Object.entries({
    ...configOf(stack, change),
    ...(secrets === undefined ? {} : { 'chainwatch:secrets': secrets }),
  }).flatMap(([key, value]) => (value === undefined ? [] : [[key, JSON.stringify(value)]]));
  vi.stubEnv('PULUMI_CONFIG_SECRET_KEYS', JSON.stringify(['chainwatch:secrets', ...encrypted]));
  for (const way of ['log', 'warn', 'error'] as const) vi.spyOn(console, way).mockImplementation(() => {});
  runs += 1;
  const path = `../../index.ts?program=${runs}`;
  try {
    return await run(async () => ({ ...(await import(path)) }), {
      stack: as,
      config: { ...Object.fromEntries(config), ...texts },
      encrypted: ['chainwatch:secrets', ...encrypted],
    });
  } finally {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  }
}

/** What somebody reads: of a RunError the engine shows the message and no stack. */
async function message(stack: StackName, given: Given): Promise<string> {
  const outcome = await program(stack, given).catch((error: unknown) => error);
  expect(pulumi.RunError.isInstance(outcome), String(outcome)).toBe(true);
  return outcome instanceof Error ? outcome.message : '';
}

describe('outputs', () => {
  test('say where everything is and how much of it there is', async () => {
    const { outputs } = await program('testnet', { secrets: SECRETS });
    expect(outputs).toEqual({
      namespace: 'chainwatch',
      urls: expect.objectContaining({
        prometheus: 'http://prometheus.chainwatch.svc:9090',
        alertmanager: 'http://alertmanager.chainwatch.svc:9093',
      }),
      counts: {
        'aztec-testnet': { targets: 2, rules: expect.any(Number) },
        'bega-testnet': { targets: 4, rules: expect.any(Number) },
        'eq-mocha': { targets: 3, rules: expect.any(Number) },
        // In Grafana as a whole.
        'genlayer-asimov': { targets: 0, rules: 0 },
        'op-sepolia': { targets: 4, rules: expect.any(Number) },
        'the-block-testnet': { targets: 3, rules: expect.any(Number) },
        system: { targets: expect.any(Number), rules: expect.any(Number) },
      },
      grafana: {
        url: 'https://genlayerfoundation.grafana.net',
        folders: { 'genlayer-asimov': 'https://g.example/dashboards/f/chainwatch-grafana-genlayer-asimov-folder' },
        counts: { 'genlayer-asimov': { rules: expect.any(Number), dashboards: expect.any(Number) } },
      },
    });
    expect(JSON.stringify(outputs)).not.toContain('secret.example');
  });

  test('are empty where the stack file names no cluster, and nothing is made in one', async () => {
    const { outputs, made } = await program('testnet', {
      change: {
        'chainwatch:kubernetes': undefined,
        'chainwatch:grafana': undefined,
        'chainwatch:networks': { 'genlayer-asimov': undefined },
        'chainwatch:notifications': { routes: [], receivers: { genlayerlabs: undefined } },
      },
      secrets: SECRETS,
    });
    expect(outputs.namespace).toBeUndefined();
    expect(made.filter(({ type }) => type.includes('kubernetes'))).toEqual([]);
  });
});

describe('secrets', () => {
  test('that are missing are named all at once, with the command that sets each', async () => {
    const said = await message('mainnet', { secrets: { deadmanUrl: 'https://x.example' } });
    for (const name of ['mainnetRpcUrl', 'slackWebhook', 'pagerdutyRoutingKey'])
      expect(said).toContain(`pulumi config set --secret --path 'chainwatch:secrets.${name}'`);
    expect(said).not.toContain("chainwatch:secrets.deadmanUrl'");
  });

  test('of which not one was ever set are named all at once as well', async () => {
    const said = await message('mainnet', {});
    for (const name of ['mainnetRpcUrl', 'slackWebhook', 'pagerdutyRoutingKey', 'deadmanUrl'])
      expect(said).toContain(`pulumi config set --secret --path 'chainwatch:secrets.${name}'`);
    expect(said).not.toContain('receiverToken');
  });

  test('that are empty are named all at once, with the command that sets each', async () => {
    const said = await message('mainnet', { secrets: { ...SECRETS, slackWebhook: '', deadmanUrl: ' \n' } });
    for (const name of ['slackWebhook', 'deadmanUrl'])
      expect(said).toContain(
        `chainwatch:secrets.${name}: is empty; set it: pulumi config set --secret --path 'chainwatch:secrets.${name}' <value>`,
      );
    expect(said).not.toContain('pagerdutyRoutingKey');
  });

  test('under another key are refused, by the key', async () => {
    const said = await message('mainnet', {
      secrets: SECRETS,
      texts: { 'chainwatch:runbooks': '"https://user:hunter2@status.example"' },
      encrypted: ['chainwatch:runbooks'],
    });
    expect(said).toContain('chainwatch:runbooks: holds a secret, which may stand only under chainwatch:secrets');
    expect(said).not.toContain('hunter2');
  });

  test('that nobody needs to choose are made, and are the same for those who share them', async () => {
    const { made, object } = await program('testnet', { secrets: SECRETS });
    // Of the receiver, and of the aggregator.
    expect(made.filter(({ type }) => type.startsWith('random:'))).toHaveLength(2);
    expect(object('Secret receiver-secrets').inputs.stringData).toEqual({ receiverToken: 'made-up' });
    expect(object('Secret alertmanager-secrets').inputs.stringData).toMatchObject({ receiverToken: 'made-up' });
    expect(object('Secret alertmanager-secrets').secret).toEqual(['stringData']);
  });

  test('that somebody chose are taken', async () => {
    const { made, object } = await program('testnet', {
      secrets: { ...SECRETS, receiverToken: 'chosen-by-somebody', aggregatorToken: 'as-well-by-somebody' },
    });
    expect(made.filter(({ type }) => type.startsWith('random:'))).toEqual([]);
    expect(object('Secret receiver-secrets').inputs.stringData).toEqual({ receiverToken: 'chosen-by-somebody' });
  });
});

describe('the image of our services', () => {
  const without = { 'chainwatch:kubernetes': { image: undefined } };

  test.each(['testnet', 'mainnet'] as const)('must be set in %s', async (stack) => {
    const said = await message(stack, { change: without, secrets: SECRETS });
    expect(said).toContain('chainwatch:kubernetes.image is not set');
    expect(said).toContain('pulumi config set');
  });

  test('may be left out in dev: everything but our services is there', async () => {
    const { made } = await program('dev', {
      change: { 'chainwatch:kubernetes': { namespace: 'chainwatch', image: undefined } },
    });
    expect(made.filter(({ type }) => type === 'chainwatch:kubernetes:Workload')).toEqual([]);
    expect(made.filter(({ type }) => type.endsWith(':PrometheusRule')).length).toBeGreaterThan(1);
  });

  test('may not be left out in dev where one of them would be reached from outside', async () => {
    const exposure = {
      ingress: { class: 'nginx' },
      controllerNamespace: 'ingress-nginx',
      services: { status: { host: 's.example' }, prometheus: { host: 'p.example' } },
    };
    const said = await message('dev', { change: { 'chainwatch:kubernetes': { image: undefined, exposure } } });
    expect(said).toContain(
      'chainwatch:kubernetes.image is not set, so status would be left out, and cannot be exposed',
    );
    const others = { ...exposure, services: { status: undefined, prometheus: { host: 'p.example' } } };
    const { made } = await program('dev', {
      change: { 'chainwatch:kubernetes': { image: undefined, exposure: others } },
    });
    expect(made.some(({ type }) => type === 'chainwatch:kubernetes:Exposure')).toBe(true);
  });

  test('is refused by tag', async () => {
    const image = IMAGE.replace(/@.*/, ':v1');
    expect(await message('mainnet', { change: { 'chainwatch:kubernetes': { image } }, secrets: SECRETS })).toContain(
      'must be pinned by digest',
    );
  });
});

test('faults of the stack file are told all at once, without a stack trace', async () => {
  const said = await message('mainnet', {
    secrets: SECRETS,
    change: { 'chainwatch:prometheus': { replicas: 0 }, 'chainwatch:kubernetes': { namespaces: 'x' } },
  });
  expect(said).toContain('chainwatch:prometheus.replicas');
  expect(said).toContain('unknown key "namespaces"; did you mean "namespace"?');
  expect(said).not.toMatch(/^\s+at .*\.ts:\d+/m);
});

test('a stack of another name says that it must say which kind it is', async () => {
  expect(await message('testnet', { as: 'staging', secrets: SECRETS })).toContain('stack "staging" is none of them');
});

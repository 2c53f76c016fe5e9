/** Which cluster is asked is what the provider itself would take; all that is missing is one error, and mocks ask nobody. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type Asked, requireCluster } from '../../components/clusterPreflight.ts';
import { proxyFor } from '../../components/clusterProxy.ts';
import { kubeConfigClass } from '../../components/kubeConfigClass.ts';
import { findCluster } from '../../components/kubeconfig.ts';
import { readChart } from '../../components/localChart.ts';
import { ROOT } from '../fixtures/real.ts';
import { recordStack } from './stacks.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-kubeconfig-'));
const HOME = join(folder, 'nobody');

afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function written(name: string, server: string, user: object = { token: 'a-secret-token' }): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  const context = { name: 'there', context: { cluster: 'c', user: 'u' } };
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user }],
      contexts: [context],
      'current-context': 'there',
    }),
  );
  return path;
}

async function faultOf(env: NodeJS.ProcessEnv): Promise<string> {
  const found = await findCluster({}, env);
  return 'faults' in found ? found.faults.join('\n') : 'none';
}

describe('the kubeconfig', () => {
  test('is the one that KUBECONFIG names, or holds, or else that of the home folder', async () => {
    const named = written('named', 'https://named.example/');
    written('home/.kube/config', 'https://home.example');
    const home = join(folder, 'home');
    expect(await findCluster({}, { KUBECONFIG: named, HOME: home })).toMatchObject({
      connection: { server: 'https://named.example', context: 'there', kubeconfig: named },
    });
    expect(await findCluster({}, { HOME: home })).toMatchObject({ connection: { kubeconfig: '~/.kube/config' } });
    expect(await findCluster({}, { KUBECONFIG: '~/.kube/config', HOME: home })).toMatchObject({
      connection: { server: 'https://home.example' },
    });
    const contents = `clusters: [{ name: c, cluster: { server: 'https://text.example' } }]
users: [{ name: u, user: {} }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
`;
    expect(await findCluster({ context: 'x' }, { KUBECONFIG: contents, HOME })).toMatchObject({
      connection: { server: 'https://text.example', context: 'x', kubeconfig: 'the contents of KUBECONFIG' },
    });
  });

  test('is missing, twofold or broken, and nothing of it is repeated', async () => {
    expect(await faultOf({ HOME })).toMatch(
      /^there is no kubeconfig: KUBECONFIG is not set, and .*config is not there/,
    );
    expect(await faultOf({ KUBECONFIG: '/no/where', HOME })).toMatch(
      /^KUBECONFIG names \/no\/where, and there is no such/,
    );
    expect(await faultOf({ KUBECONFIG: '/no/where:/no/more', HOME })).toMatch(
      /Pulumi takes one: `kubectl config view --fl/,
    );
    expect(await faultOf({ KUBECONFIG: folder, HOME })).toMatch(/cannot be read \(EISDIR/);
    const broken = join(folder, 'broken');
    writeFileSync(broken, 'users: [{ token: a-secret-token');
    expect(await faultOf({ KUBECONFIG: broken, HOME })).toMatch(/broken is no kubeconfig \(/);
    expect(await faultOf({ KUBECONFIG: broken, HOME })).not.toContain('a-secret-token');
    for (const text of ['', '[]', 'hello']) {
      writeFileSync(broken, text);
      expect(await faultOf({ KUBECONFIG: broken, HOME })).toMatch(/is no kubeconfig|names no current context/);
    }
  });

  test('may name a file of the token, and the environment a proxy', async () => {
    const token = join(folder, 'token');
    writeFileSync(token, 'of-a-file');
    const file = written('of-file', 'https://api.example', { tokenFile: token });
    const found = await findCluster({}, { KUBECONFIG: file, HTTPS_PROXY: 'proxy.example:3128' });
    if ('faults' in found) throw new Error(found.faults.join());
    const options: { headers?: Record<string, string> } = {};
    await found.config.applyToHTTPSOptions(options);
    expect(options.headers).toMatchObject({ Authorization: 'Bearer of-a-file' });
    expect(found.config.getCurrentCluster()?.proxyUrl).toBe('http://proxy.example:3128');
  });
});

test('the client of Kubernetes is loaded without the classes of its API', async () => {
  const KubeConfig = await kubeConfigClass();
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'c', server: 'https://api.example', skipTLSVerify: false }, { name: 'u' });
  expect(() => config.makeApiClient(vi.fn())).toThrow('ServerConfiguration is not a constructor');
});

describe('the proxy of the environment', () => {
  const env = (direct: string) => ({ HTTPS_PROXY: 'http://proxy:1', NO_PROXY: direct });

  test.each([
    ['https://api.example', '', false],
    ['https://api.example', '*', true],
    ['https://api.example', 'other.example, api.example', true],
    ['https://api.example', 'example', true],
    ['https://api.example', '.example', true],
    ['https://api.example', '.api.example', false],
    ['https://myexample', 'example', false],
    ['https://api.example:6443', 'api.example:6443', true],
    ['https://api.example:6443', 'api.example:443', false],
    ['https://10.1.2.3:6443', '10.0.0.0/8', true],
    ['https://11.1.2.3:6443', '10.0.0.0/8', false],
    ['https://10.1.2.3:6443', '10.1.2.3', true],
    ['https://[fd00::1]:6443', 'fd00::/8', true],
    ['https://[fd00::1]:6443', 'fd00::1', true],
    ['https://[fd00::2]:6443', 'fd00::1', false],
    ['https://127.0.0.1:6443', '', true],
    ['https://localhost:6443', '', true],
  ])('for %s with NO_PROXY=%s: directly %s', (server, direct, expected) => {
    expect(proxyFor(server, env(direct)) === undefined).toBe(expected);
  });
});

describe('requireCluster', () => {
  const cluster: Asked = {
    connection: {},
    preflight: true,
    namespace: 'n',
    install: true,
    chart: { version: '' },
    given: [],
  };

  test('asks nobody under mocks, without a cluster, and where it is switched off', async () => {
    vi.stubEnv('KUBECONFIG', '/no/where');
    await requireCluster(cluster);
    vi.spyOn(pulumi.runtime, 'hasEngine').mockReturnValue(true);
    await requireCluster(undefined);
    await requireCluster({ ...cluster, preflight: false });
  });

  test('under an engine, all that is missing is one error without a stack', async () => {
    vi.stubEnv('KUBECONFIG', '/no/where');
    vi.spyOn(pulumi.runtime, 'hasEngine').mockReturnValue(true);
    const chart = { version: '', path: join(folder, 'no-chart') };
    const error: unknown = await requireCluster({ ...cluster, chart }).catch((reason: unknown) => reason);
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(
      /not ready for it, so nothing was changed:\n {2}chainwatch:kubernetes\.chart\.path: .*\(ENOENT.*\n {2}KUBECONFIG names \/no\/where/,
    );
  });
});

test('the program asks before it registers anything', async () => {
  vi.stubEnv('KUBECONFIG', '/no/where');
  const made: string[] = [];
  const { setMocks } = pulumi.runtime;
  vi.spyOn(pulumi.runtime, 'setMocks').mockImplementation((mocks, ...rest) => {
    const newResource: typeof mocks.newResource = (resource) => {
      made.push(resource.type);
      return mocks.newResource(resource);
    };
    return setMocks({ ...mocks, newResource }, ...rest);
  });
  // The token of the receiver is not set, so that it would be made.
  await recordStack('dev');
  expect(made).toContain('random:index/randomPassword:RandomPassword');
  made.length = 0;
  vi.spyOn(pulumi.runtime, 'hasEngine').mockReturnValue(true);
  await expect(recordStack('dev')).rejects.toThrow('KUBECONFIG names /no/where');
  expect(made.filter((type) => type !== 'pulumi:pulumi:Stack')).toEqual([]);
});

test('a chart says what it is, and what it needs', () => {
  expect(readChart(join(ROOT, 'test/fixtures/charts/kube-prometheus-stack'))).toEqual({
    name: 'kube-prometheus-stack',
    version: '0.0.1',
    dependencies: [],
    charts: [],
  });
  const broken = join(folder, 'chart');
  mkdirSync(broken);
  writeFileSync(join(broken, 'Chart.yaml'), 'name: [');
  expect(readChart(broken).unreadable).not.toContain('\n');
});

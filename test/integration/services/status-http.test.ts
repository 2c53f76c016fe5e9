import { createServer, type Server } from 'node:http';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../services/shared/log.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';
import type { RunningService } from '../../../services/shared/service.ts';
import { loadSettings, SettingsError } from '../../../services/shared/settings.ts';
import { service } from '../../../services/status/main.ts';
import { settingsSchema } from '../../../services/status/settings.ts';

const servers: Server[] = [];
let running: RunningService | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Answers like Prometheus: paths to `data`. */
async function prometheus(data: Record<string, unknown>, asked: string[] = []): Promise<string> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    asked.push(path);
    const found = data[path];
    if (found === undefined) response.writeHead(404).end();
    else response.end(JSON.stringify({ status: 'success', data: found }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

async function start(prometheusUrl: string, more: Record<string, unknown> = {}): Promise<string> {
  const networks = [{ name: 'dev', chain: 'op-stack', simulated: true }];
  const flags = { listen: '127.0.0.1:0', environment: 'dev', networks, prometheusUrl, ...more };
  const secrets = new SecretScrubber();
  const log = createLogger('status', 'silent', secrets);
  const settings = loadSettings(settingsSchema, { flags });
  running = await service.start(settings, { log, registry: new Registry(), secrets, env: {}, fail: () => {} });
  return running.address.url;
}

const now = () => new Date().toISOString();
const healthy = () => ({
  '/api/v1/rules': {
    groups: [
      {
        name: 'dev:process',
        interval: 2,
        lastEvaluation: now(),
        rules: [
          {
            name: 'OpGethDown',
            labels: { network: 'dev', chain: 'op-stack' },
            health: 'ok',
            alerts: [
              {
                labels: { alertname: 'OpGethDown', severity: 'critical', network: 'dev', instance: '<b>x</b>' },
                annotations: { summary: '<script>alert(1)</script>', runbook_url: '/runbooks/op-stack/OpGethDown' },
                state: 'firing',
                activeAt: now(),
              },
            ],
          },
        ],
      },
    ],
  },
  '/api/v1/targets': {
    activeTargets: [
      {
        labels: { network: 'dev', component: 'op-geth', instance: 'a:1' },
        health: 'up',
        lastError: '',
        lastScrape: now(),
      },
      {
        labels: { network: 'dev', component: 'op-node', instance: 'b:1' },
        health: 'down',
        lastError: 'refused',
        lastScrape: '0001-01-01T00:00:00Z',
      },
    ],
  },
  '/api/v1/query': { result: [] },
});

describe('the status page', () => {
  it('shows networks, firing alerts with their runbooks, and targets', async () => {
    const base = await start(await prometheus(healthy()), { runbooks: ['op-stack/OpGethDown'] });
    const answer = await fetch(base);
    const page = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('<h1><span class="critical">1 critical</span> firing, Monitoring unknown</h1>');
    expect(page).toContain('href="/runbooks/op-stack/OpGethDown"');
    expect(page).toContain('op-stack, simulated');
    expect(page).toContain('Targets <small>1 of 2 up</small>');
    expect(page).toContain('refused');
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<b>x</b>');
    // The policy allows neither: they would silently do nothing.
    expect(page).not.toMatch(/ style="| onclick=/);
    expect(page).not.toMatch(/(?:src|href)="https?:/);
  });

  it('is there, and honest, where Prometheus is not', async () => {
    const gone = await prometheus({});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const base = await start(gone, { alertmanagerUrl: gone });
    const answer = await fetch(base);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain('<h1>State unknown</h1>');
    expect(page).toContain('Prometheus cannot be reached (ECONNREFUSED)');
    expect(page).not.toContain('healthy</span>');
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('status_upstream_up{upstream="prometheus"} 0');
  });

  it('says so where Prometheus answers in a form that it does not know', async () => {
    const base = await start(await prometheus({ ...healthy(), '/api/v1/rules': { groups: 'many' } }));
    const { state, upstreams } = (await (await fetch(`${base}/api/status`)).json()) as {
      state: string;
      upstreams: unknown;
    };
    expect(state).toBe('unknown');
    expect(upstreams).toMatchObject({
      prometheus: { ok: false, reason: 'Prometheus answers in a form that is not known (data.groups)' },
    });
  });

  it('asks once for all who look at the same time', async () => {
    const asked: string[] = [];
    const base = await start(await prometheus(healthy(), asked));
    await Promise.all(Array.from({ length: 20 }, () => fetch(base).then((answer) => answer.text())));
    expect(asked.sort()).toEqual(['/api/v1/query', '/api/v1/query', '/api/v1/rules', '/api/v1/targets']);
  });

  it('says above a runbook what the rules that are evaluated say of its limits', async () => {
    const rule = (labels: object, limit?: string) => ({
      name: 'BatcherLowETH',
      labels: { chain: 'op-stack', ...labels },
      annotations: limit === undefined ? {} : { limit },
      health: 'ok',
    });
    const rules = [
      rule({ network: 'mainnet', severity: 'critical' }, 'below 2 ETH for 5m'),
      rule({ network: 'other', severity: 'info' }, 'below <3 ETH'),
      rule({ network: 'a<b', severity: 'critical' }, 'below 2 ETH for 5m'),
      rule({ network: 'of-another', chain: 'other-chain' }, 'below 7 ETH'),
      rule({ network: 'of-somebody-else' }),
    ];
    const groups = [{ name: 'g', interval: 2, lastEvaluation: now(), rules }];
    const runbooks = ['op-stack/BatcherLowETH', 'op-stack/BatcherVeryLowETH'];
    const base = await start(await prometheus({ ...healthy(), '/api/v1/rules': { groups } }), {
      runbooks,
      timeScale: 60,
    });
    const page = await (await fetch(`${base}/runbooks/op-stack/BatcherLowETH`)).text();
    expect([...page.matchAll(/<tr><th scope="row">.*?<\/tr>/g)].map(([row]) => row)).toEqual([
      '<tr><th scope="row">a&lt;b, mainnet</th><td>below 2 ETH for 5m</td><td><span class="pill critical">critical</span></td></tr>',
      '<tr><th scope="row">other</th><td>below &lt;3 ETH</td><td><span class="pill info">info</span></td></tr>',
    ]);
    expect(page).toContain('Times are the chain’s own; here all goes 60 times faster.');
    expect(page.indexOf('class="limits"')).toBeLessThan(page.indexOf('Meaning</h2>'));
    const without = await (await fetch(`${base}/runbooks/op-stack/BatcherVeryLowETH`)).text();
    expect(without).toContain('<div id="limits" data-live></div>');
  });

  it('says of limits that Prometheus does not tell why it cannot, and of those of Grafana where they are', async () => {
    const network = (name: string, engine: string) => ({ name, chain: 'op-stack', engine });
    const runbooks = ['op-stack/BatcherLowETH'];
    const page = async (networks: object[], more: object = {}) => {
      const base = await start(await prometheus({}), { runbooks, networks, ...more });
      const text = await (await fetch(`${base}/runbooks/op-stack/BatcherLowETH`)).text();
      await running?.stop();
      return /<div id="limits" data-live>(.*)<\/div>/.exec(text)?.[1];
    };
    const unknown =
      '<p class="none">What this stack’s limits are is not known now: Prometheus answers with status 404.</p>';
    expect(await page([network('ours', 'prometheus')])).toBe(unknown);
    const links = { grafana: 'https://grafana.example/' };
    const there = '<a href="https://grafana.example/alerting/list?search=rule%3ABatcherLowETH">the alert there</a>';
    const elsewhere = `<p class="none">cloud: evaluated by Grafana; ${there} says its limit.</p>`;
    expect(await page([network('ours', 'prometheus'), network('cloud', 'grafana')], { links })).toBe(
      unknown + elsewhere,
    );
    expect(await page([network('cloud', 'grafana')], { links })).toBe(elsewhere);
    expect(await page([network('cloud', 'grafana')])).toContain('by Grafana; the alert there says');
  });

  it('serves the runbooks of its settings and leads on from one that is not there', async () => {
    const base = await start(await prometheus(healthy()), { runbooks: ['op-stack/NoSuchFile'] });
    expect(await (await fetch(`${base}/runbooks`)).text()).toContain('href="/runbooks/op-stack/NoSuchFile"');
    const missing = await fetch(`${base}/runbooks/op-stack/NoSuchFil`);
    expect(missing.status).toBe(404);
    expect(await missing.text()).toContain('The nearest one is <a href="/runbooks/op-stack/NoSuchFile">');
    expect((await fetch(`${base}/runbooks/op-stack/..%2f..%2f..%2fpackage`)).status).toBe(404);
    expect(await (await fetch(`${base}/runbooks/op-stack/%3Cscript%3E`)).text()).not.toContain('<script>”');
  });
});

describe('settings of the status service', () => {
  it('name every fault at once', () => {
    const flags = {
      runbooks: ['op-stack/Good', '../etc/passwd', 'op-stack/../x'],
      prometheusUrl: 'prometheus:9090',
      network: [],
    };
    try {
      loadSettings(settingsSchema, { flags });
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      expect(error.problems.map(({ path }) => path).sort()).toEqual([
        'environment',
        'network',
        'prometheusUrl',
        'runbooks.1',
        'runbooks.2',
      ]);
    }
  });
});

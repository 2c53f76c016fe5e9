/** `chainwatch notify test` through a real Alertmanager, to stand-ins that take the message, refuse it, hang, or are not there. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../tools/freePort.ts';
import { chainwatch, inProcess, start } from './command.ts';
import { eventually } from './eventually.ts';

const TOKEN = 'token-that-nobody-else-may-see';
const message = z.object({
  status: z.string(),
  alerts: z.array(
    z.object({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()) }),
  ),
});
interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

let folder = '';
let temporary = '';
let server: Server;
let received: Received[] = [];

/** Answers by its path: `/200`, `/500`; `/hang` never does. */
async function listen(): Promise<number> {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const path = request.url ?? '';
      received.push({ path, authorization: request.headers.authorization, body });
      if (path === '/hang') return;
      response.statusCode = Number(path.slice(1, 4));
      // Slack says "ok", and its sender looks for it.
      const complaint = `said by the stand-in, which heard ${request.headers.authorization ?? 'nothing'}`;
      response.end(response.statusCode === 200 ? 'ok' : complaint);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const webhook = (url: string, more: object = {}) => ({ webhook: { url, ...more } });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-cli-notify-'));
  temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  const [port, closed] = [await listen(), await freePort()];
  const at = (path: string) => `http://127.0.0.1:${port}${path}`;
  const receivers = {
    good: {
      ...webhook(at('/200'), { token: { secret: 'hookToken' } }),
      slack: { webhook: { secret: 'slackWebhook' }, channel: '#x' },
    },
    quiet: webhook(at('/200'), { sendResolved: false }),
    broken: webhook(at('/500'), { token: { secret: 'hookToken' } }),
    refusing: webhook(at('/403')),
    hanging: webhook(at('/hang')),
    absent: webhook(`http://127.0.0.1:${closed}/`),
    mixed: { ...webhook(at('/403')), slack: { webhook: { secret: 'slackWebhook' } } },
  };
  const routes = Object.keys(receivers).map((receiver) => ({ match: { to: receiver }, receiver }));
  const config = {
    'chainwatch:environment': 'dev',
    'chainwatch:notifications': { receivers, routes, default: 'good' },
  };
  writeFileSync(join(folder, 'Pulumi.dev.yaml'), JSON.stringify({ config }));
  const secrets = join(folder, '.chainwatch', 'dev', 'secrets');
  mkdirSync(secrets, { recursive: true });
  writeFileSync(join(secrets, 'slackWebhook'), at('/200/slack'));
  chmodSync(join(secrets, 'slackWebhook'), 0o600);
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  received = [];
});
afterEach(() => {
  // Configuration, secrets and data of the Alertmanager are gone with it.
  expect(readdirSync(temporary)).toEqual([]);
});

const options = () => ({ cwd: folder, env: { TMPDIR: temporary, CHAINWATCH_SECRET_HOOK_TOKEN: TOKEN } });

async function notify(receiver: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await inProcess(['notify', 'test', receiver, '--json', ...args], options());
  const result: unknown = stdout === '' ? undefined : JSON.parse(stdout);
  return {
    code,
    stderr,
    result,
    channels: z.object({ channels: z.array(z.unknown()) }).safeParse(result).data?.channels ?? [],
  };
}

describe('a receiver that takes it', () => {
  test('gets one marked alert on each channel, with the real credentials, and then that it is over', async () => {
    const { code, channels } = await notify('good');
    expect(code).toBe(0);
    expect(channels).toEqual([
      { channel: expect.stringMatching(/^webhook http:/), ok: true, resolved: true },
      { channel: 'slack #x', ok: true, resolved: true },
    ]);
    const hooks = received.filter(({ path }) => path === '/200');
    expect(hooks.map(({ authorization }) => authorization)).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
    const [firing, resolved] = hooks.map(({ body }) => message.parse(JSON.parse(body)));
    expect([firing?.status, resolved?.status]).toEqual(['firing', 'resolved']);
    expect(firing?.alerts).toHaveLength(1);
    expect(firing?.alerts[0]?.labels).toMatchObject({
      alertname: '[TEST] Chainwatch',
      chainwatch_test: 'true',
      environment: 'dev',
    });
    expect(firing?.alerts[0]?.annotations.summary).toBe('[TEST] Stack dev reaches receiver good');
    const slack = received.filter(({ path }) => path === '/200/slack').map(({ body }) => body);
    expect(slack[0]).toContain('[FIRING 1] [TEST] Chainwatch');
    expect(slack[1]).toContain('[RESOLVED] [TEST] Chainwatch');
  });

  test('and wants no word of the end gets none', async () => {
    const { code, channels } = await notify('quiet');
    expect(code).toBe(0);
    expect(channels).toEqual([{ channel: expect.any(String), ok: true, resolved: null }]);
    expect(received).toHaveLength(1);
  });
});

describe('a receiver that does not take it: 6, and the reason', () => {
  test('answers 500', async () => {
    const { code, result, channels } = await notify('broken', '--timeout', '2s');
    expect(code).toBe(6);
    expect(channels).toEqual([
      expect.objectContaining({ ok: false, reason: expect.stringContaining('unexpected status code 500') }),
    ]);
    // It repeats what it heard; we do not.
    expect(JSON.stringify(result)).toContain('said by the stand-in');
    expect(JSON.stringify(result)).not.toContain(TOKEN);
  });

  test('answers 403: that is final, and needs no waiting', async () => {
    const started = performance.now();
    const { code, channels } = await notify('refusing', '--timeout', '60s');
    expect(code).toBe(6);
    expect(channels).toEqual([
      expect.objectContaining({ ok: false, reason: expect.stringContaining('unexpected status code 403') }),
    ]);
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(received).toHaveLength(1);
  });

  test('hangs', async () => {
    const { code, channels } = await notify('hanging', '--timeout', '2s');
    expect(code).toBe(6);
    expect(channels).toEqual([expect.objectContaining({ ok: false, reason: 'did not answer within 2s' })]);
  });

  test('is not there', async () => {
    const { code, channels } = await notify('absent', '--timeout', '2s');
    expect(code).toBe(6);
    expect(channels).toEqual([
      expect.objectContaining({ ok: false, reason: expect.stringContaining('connection refused') }),
    ]);
  });

  test('takes it on one channel only: each is told for itself, also to a person', async () => {
    const { code, stdout } = await chainwatch(['notify', 'test', 'mixed'], options());
    expect(code).toBe(6);
    expect(stdout).toMatch(/✗ +webhook http:\S+ +unexpected status code 403/);
    expect(stdout).toMatch(/ok +slack secret slackWebhook +took the test alert\n/);
  });
});

describe('before anything is sent', () => {
  test('an unknown receiver', async () => {
    const { code, stderr } = await notify('goood');
    expect(code).toBe(2);
    expect(stderr).toContain('unknown receiver "goood"; did you mean "good"?');
  });

  test('a secret that is missing', async () => {
    const env = { TMPDIR: temporary };
    const { code, stderr } = await inProcess(['notify', 'test', 'broken'], { cwd: folder, env });
    expect(code).toBe(2);
    expect(stderr).toContain('hookToken: set CHAINWATCH_SECRET_HOOK_TOKEN, or write it into');
    expect(received).toEqual([]);
  });

  test('a program that is missing', async () => {
    const env = { ...options().env, CHAINWATCH_ALERTMANAGER: join(folder, 'no-such-program') };
    const { code, stderr } = await chainwatch(['notify', 'test', 'good'], { cwd: folder, env });
    expect(code).toBe(3);
    expect(stderr).toContain('alertmanager cannot be had on this machine');
  });
});

test('Ctrl-C in the middle ends the Alertmanager too', async () => {
  const { child, ended } = start(['notify', 'test', 'hanging', '--timeout', '1m'], options());
  await eventually('the message is under way', 120, async () => (received.length > 0 ? true : undefined));
  const [data] = readdirSync(temporary);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' });
  expect(data).toMatch(/^chainwatch-notify-/);
});

import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../services/receiver/payload/fingerprint.ts';
import { locateProgram } from '../../tools/index.ts';
import { numbered, Place, TOKEN, until } from './receiver/process.ts';

/** The receiver as a process, from outside: who may deliver, what it says when it cannot start, what others see live. */

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

describe('a start that cannot be', () => {
  test('on bad settings ends with 2 and lists every problem, without a stack trace', async () => {
    const receiver = place.spawn({ settings: { retention: 'long', tokenFiel: '/x' } });
    expect((await receiver.exited).code).toBe(2);
    expect(receiver.stderr).toContain('2 problems in its settings');
    expect(receiver.stderr).toContain('tokenFiel: unknown setting; did you mean "tokenFile"?');
    expect(receiver.stderr).not.toMatch(/^\s+at /m);
  });

  test('on a port that is taken names the port and the remedy', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const receiver = place.spawn({ settings: { listen: `127.0.0.1:${port}` } });
    expect((await receiver.exited).code).toBe(4);
    expect(receiver.stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
    expect(receiver.stderr).toMatch(/remedy: .*--listen/);
    expect(receiver.stderr).not.toMatch(/^\s+at /m);
    other.close();
  });

  test.each([
    [
      'a token file that is not there',
      { tokenFile: '/nowhere/token' },
      /bearer token file \/nowhere\/token does not exist/,
    ],
    [
      'a database that is something else',
      { database: 'text.db' },
      /file is not a database[\s\S]*remedy: choose another database path/,
    ],
    ['a database that is a folder', { database: 'folder.db' }, /unable to open database file[\s\S]*remedy: /],
  ])('on %s says so', async (_name, settings, complaint) => {
    writeFileSync(join(place.folder, 'text.db'), 'This is no database, but long enough to look at. '.repeat(100));
    mkdirSync(join(place.folder, 'folder.db'));
    const inFolder = 'database' in settings ? { database: join(place.folder, settings.database) } : settings;
    const receiver = place.spawn({ settings: inFolder });
    expect((await receiver.exited).code).toBe(2);
    expect(receiver.stderr).toMatch(complaint);
    expect(receiver.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('who may deliver', () => {
  test('those with a token of the file, which may change', async () => {
    const receiver = await place.start();
    expect(await receiver.deliver([numbered(1)], '/webhook', 'wrong-token-wrong-token')).toBe(401);
    expect(await receiver.deliver([numbered(1)])).toBe(200);

    const next = 'the-next-token-the-next-token';
    writeFileSync(place.tokenFile, `${TOKEN}\n${next}\n`);
    await until(
      async () => (await receiver.deliver([numbered(1)], '/webhook', next)) === 200,
      'the new token is taken',
    );
    expect(await receiver.deliver([numbered(1)])).toBe(200);
    writeFileSync(place.tokenFile, `${next}\n`);
    await until(async () => (await receiver.deliver([numbered(1)])) === 401, 'the old token is refused');
    expect(await receiver.metric('receiver_rejected_total{reason="unauthorized"}')).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(receiver.log)).not.toContain(next);
  });

  test('Grafana by its signature', async () => {
    const secret = 'grafana-secret-grafana-secret';
    const grafanaSecretFile = join(place.folder, 'grafana');
    writeFileSync(grafanaSecretFile, secret, { mode: 0o600 });
    const receiver = await place.start({ settings: { grafanaSecretFile } });
    const alert = { ...numbered(1), fingerprint: undefined, values: { A: 1 } };
    const body = JSON.stringify({ version: '1', orgId: 1, state: 'alerting', alerts: [alert] });
    const send = (signature: string) =>
      fetch(`${receiver.url}/webhook`, {
        method: 'POST',
        headers: { 'X-Grafana-Alerting-Signature': signature },
        body,
      });
    expect((await send(createHmac('sha256', 'another').update(body).digest('hex'))).status).toBe(401);
    expect((await send(createHmac('sha256', secret).update(body).digest('hex'))).status).toBe(200);
    expect(await receiver.alerts()).toMatchObject([{ source: 'grafana', alertname: 'Numbered' }]);
  });

  test('a stranger cannot make it read a body, and a slow one does not keep the others waiting', async () => {
    const receiver = await place.start();
    const port = Number(new URL(receiver.url).port);
    const answerTo = (head: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(head));
        socket.once('data', (data) => {
          resolve(String(data));
          socket.destroy();
        });
      });
    const head = 'POST /webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 4000000\r\n';
    // Not a byte of the body is sent, yet both are answered.
    expect(await answerTo(`${head}\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
    const bearer = `authorization: Bearer ${TOKEN}\r\n`;
    expect(await answerTo(`${head.replace('4000000', '400000000')}${bearer}\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
    const slow = connect(port, '127.0.0.1', () => slow.write(`${head}${bearer}\r\n{`));
    expect(await receiver.deliver([numbered(1)])).toBe(200);
    slow.destroy();
  });
});

test('what changes is told live, and the page shows it', async () => {
  const receiver = await place.start();
  const stream = await fetch(`${receiver.url}/events`);
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const events = readEvents(stream);
  expect(await events.next()).toMatchObject({ value: { lastChange: 0 } });
  await receiver.deliver([numbered(1, { annotations: { summary: 'It burns <here>' } })]);
  expect(await events.next()).toMatchObject({ value: { lastChange: 1 } });
  const page = await (await fetch(receiver.url)).text();
  expect(page).toContain('It burns &lt;here&gt;');
  expect(page).toContain('<title>1 warning · Chainwatch</title>');
  expect(page).toContain('No Watchdog was ever heard');

  await receiver.deliver([numbered(2, { labels: { alertname: 'Watchdog', environment: 'dev' }, fingerprint: 'dog' })]);
  await until(
    async () => (await (await fetch(receiver.url)).text()).includes('Watchdog alive'),
    'the Watchdog on the page',
  );
  expect((await receiver.ready()).body.checks.watchdog).toMatchObject({ ok: true, state: 'alive' });
  expect(await receiver.metric('receiver_watchdog_last_seen_timestamp_seconds')).toBeGreaterThan(
    Date.now() / 1000 - 60,
  );
  expect((await receiver.alerts()).map(({ alertname }) => alertname)).toEqual(['Numbered']);
  // An open stream does not hold up a stop.
  expect(await receiver.stop()).toBe(0);
});

test('debug shows what came, without its secrets', async () => {
  const plain = await place.start();
  expect((await fetch(`${plain.url}/debug/last`)).status).toBe(404);
  await plain.stop();

  const receiver = await place.start({ settings: { debug: true } });
  await receiver.deliver([
    numbered(1, { annotations: { token: 'very-secret', rpc: `https://me:pw@rpc/?key=${TOKEN}` } }),
  ]);
  expect((await fetch(`${receiver.url}/debug/last`)).status).toBe(401);
  const answer = await fetch(`${receiver.url}/debug/last`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const shown = await answer.text();
  expect(shown).toContain('Numbered');
  const logged = JSON.stringify(receiver.log);
  expect(logged).toContain('Numbered');
  for (const secret of ['very-secret', 'me:pw', TOKEN]) {
    expect(shown).not.toContain(secret);
    expect(logged).not.toContain(secret);
  }
});

test('the history outlives a restart', async () => {
  const receiver = await place.start();
  await receiver.deliver([numbered(1)]);
  await receiver.deliver([numbered(1, { status: 'resolved', endsAt: '2026-05-01T11:00:00Z' })]);
  await receiver.stop();
  const again = await place.start();
  expect(await again.deliver([numbered(1)])).toBe(200);
  const { alert, transitions, deliveries } = await again.history('0000000000000001');
  expect(alert).toMatchObject({ status: 'resolved', endsAt: '2026-05-01T11:00:00Z', deliveries: 3 });
  expect(transitions.map(({ change }) => change)).toEqual(['fired', 'resolved']);
  expect(deliveries.map(({ count }) => count)).toEqual([2, 1]);
  expect(await again.metric('receiver_duplicates_total{source="alertmanager"}')).toBe(1);
});

test('a pair of real Alertmanagers delivers one alert, and its end', async (context) => {
  const program = await locateProgram('alertmanager');
  if (program === undefined) return context.skip('alertmanager is not at hand');
  const receiver = await place.start();
  const config = join(place.folder, 'alertmanager.yml');
  writeFileSync(
    config,
    `route: { receiver: chainwatch, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1m }
receivers:
  - name: chainwatch
    webhook_configs:
      - url: ${receiver.url}/webhook/op-stack
        send_resolved: true
        http_config: { authorization: { credentials_file: ${place.tokenFile} } }
`,
  );
  const children = ['a', 'b'].map((name) => {
    // Not joined to each other, so each sends for itself: what a pair does when its gossip is cut.
    const args = [`--config.file=${config}`, `--storage.path=${join(place.folder, name)}`, '--cluster.listen-address='];
    return spawn(program.path, [...args, '--web.listen-address=127.0.0.1:0', '--log.format=json'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  });
  try {
    const urls = await Promise.all(
      children.map(
        (child) =>
          new Promise<string>((resolve, reject) => {
            let text = '';
            child.stderr?.on('data', (chunk) => {
              text += String(chunk);
              const address = /"address":"(127\.0\.0\.1:\d+)"/.exec(text)?.[1];
              if (address !== undefined) resolve(`http://${address}`);
            });
            child.once('exit', () => reject(new Error(text)));
          }),
      ),
    );
    const labels = { alertname: 'UnsafeHeadStalled', network: 'bega', severity: 'critical', é: '🔥' };
    const startsAt = new Date(Date.now() - 60_000).toISOString();
    const post = (endsAt: string | undefined) =>
      Promise.all(
        urls.map((url) =>
          fetch(`${url}/api/v2/alerts`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify([{ labels, annotations: { summary: 'stalled' }, startsAt, endsAt }]),
          }),
        ),
      );
    await post(undefined);
    const fingerprint = fingerprintOf(labels);
    await until(async () => (await receiver.alerts())[0]?.deliveries === 2, 'both have delivered');
    expect(await receiver.alerts()).toMatchObject([
      { fingerprint, status: 'firing', chain: 'op-stack', severity: 'critical' },
    ]);
    await post(new Date().toISOString());
    await until(async () => (await receiver.alerts())[0]?.deliveries === 4, 'both have delivered the end');
    const { alert, transitions } = await receiver.history(fingerprint);
    expect(alert.status).toBe('resolved');
    expect(transitions.map(({ change }) => change)).toEqual(['fired', 'resolved']);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
});

/** The data of each event of a stream of server-sent events. */
async function* readEvents(answer: Response): AsyncGenerator<unknown> {
  if (answer.body === null) return;
  let text = '';
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}

/** Whether a mute time reaches the routes below, asked of a real Alertmanager: what we say of it must be what it does. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { OneShotAlertmanager } from '../../cli/notify/process.ts';
import { alertmanagerConfig } from '../../model/alertmanager/config.ts';
import { planAlertmanager } from '../../model/alertmanager/routes.ts';
import { toYaml } from '../../model/yaml.ts';
import { locateProgram } from '../../tools/index.ts';
import { places } from '../fixtures/places.ts';
import { temporaryFolder } from '../fixtures/programs.ts';
import { stackOf } from '../fixtures/toy.ts';

/** A webhook, and the names of the alerts that it was told of. */
async function listener(): Promise<{ readonly url: string; readonly told: Set<string> }> {
  const told = new Set<string>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const { alerts }: { alerts: { labels: { alertname: string } }[] } = JSON.parse(body);
      for (const { labels } of alerts) told.add(labels.alertname);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the webhook has no port');
  return { url: `http://127.0.0.1:${address.port}/`, told };
}

test('a route below a muted one tells, unless it is muted itself', async () => {
  const { url, told } = await listener();
  const stack = stackOf({
    services: { receiver: { enabled: false } },
    notifications: {
      receivers: { team: { webhook: { url } } },
      default: 'team',
      groupWait: '0s',
      groupInterval: '1s',
      muteTimes: { always: [{ times: [{ start: '00:00', end: '24:00' }] }] },
      routes: [
        {
          match: { team: 'a' },
          muteTimes: ['always'],
          routes: [
            { match: { severity: 'critical' } },
            { match: { severity: 'warning' }, muteTimes: ['always'] },
            { match: { severity: 'info' }, muteTimes: [] },
          ],
        },
      ],
    },
  });
  const folder = temporaryFolder();
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, toYaml(alertmanagerConfig(planAlertmanager(stack), places)));
  const path = (await locateProgram('alertmanager'))?.path;
  if (path === undefined) throw new Error('alertmanager is not at hand: run "npm test rules" once, which gets it');
  let muted = 0;
  const alertmanager = new OneShotAlertmanager({
    ...{ path, config, folder, env: process.env, externalUrl: 'http://am.example' },
    onEntry: ({ msg = '' }) => {
      if (/not sent/i.test(msg)) muted++;
    },
  });
  onTestFinished(() => alertmanager.stop());
  const now = Date.now();
  const [startsAt, endsAt] = [new Date(now - 1000).toISOString(), new Date(now + 600_000).toISOString()];
  // The last one is told after all others would have been: it comes by the default.
  for (const [alertname, labels] of Object.entries({
    OfTheMutedRoute: { team: 'a' },
    BelowMutedToo: { team: 'a', severity: 'warning' },
    BelowSaysNothing: { team: 'a', severity: 'critical' },
    BelowSaysNever: { team: 'a', severity: 'info' },
    Elsewhere: { team: 'b' },
  }))
    await alertmanager.post({ labels: { alertname, ...labels }, annotations: {}, startsAt, endsAt });
  await expect.poll(() => [muted >= 2, told.size], { timeout: 10_000 }).toEqual([true, 3]);
  expect([...told].sort()).toEqual(['BelowSaysNever', 'BelowSaysNothing', 'Elsewhere']);
});

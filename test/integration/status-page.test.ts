import type { Browser } from 'playwright-core';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../services/shared/log.ts';
import { SecretScrubber } from '../../services/shared/secrets.ts';
import type { RunningService } from '../../services/shared/service.ts';
import { loadSettings } from '../../services/shared/settings.ts';
import { service } from '../../services/status/main.ts';
import { settingsSchema } from '../../services/status/settings.ts';
import {
  BROWSERS,
  faintTexts,
  launchBrowser,
  type Opened,
  openPage,
  overhang,
  tabThrough,
  VIEWS,
  type View,
} from './page/browser.ts';
import { FakePrometheus, type Firing } from './page/prometheus.ts';

/** The status page as a person has it open: in a real browser, while things go wrong and are mended. */

const RUNBOOK = '/runbooks/op-stack/UnsafeHeadStalled';
const STALLED: Firing = {
  alertname: 'UnsafeHeadStalled',
  severity: 'critical',
  network: 'op-dev',
  summary: 'No node of op-dev has seen a new L2 block',
  description: 'The newest unsafe block is 38 s old on the best node.',
  labels: { component: 'op-node' },
  runbook: `https://status.example${RUNBOOK}`,
  ageSeconds: 720,
};

let browser: Browser | undefined;
let prometheus: FakePrometheus;
let prometheusUrl: string;
let running: RunningService | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

beforeEach(async (context) => {
  if (browser === undefined) context.skip(`none of ${BROWSERS.join(', ')} is on PATH`);
  prometheus = new FakePrometheus();
  prometheus.networks = ['geth-dev', 'op-dev'];
  prometheus.targets = [
    { network: 'op-dev', component: 'op-geth', instance: 'sequencer-geth:6060' },
    { network: 'op-dev', component: 'op-node', instance: 'sequencer-node:7300' },
    { network: 'op-dev', component: 'op-node', instance: 'replica-node:7300' },
    { network: 'geth-dev', component: 'op-geth', instance: 'geth:6060' },
    { component: 'prometheus', instance: 'prometheus:9090' },
  ];
  prometheusUrl = await prometheus.start();
  await start();
});
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
  await running?.stop();
  await prometheus.stop();
});

async function start(more: Record<string, unknown> = {}): Promise<void> {
  await running?.stop();
  const networks = ['op-dev', 'geth-dev'].map((name) => ({ name, chain: 'op-stack', simulated: name === 'op-dev' }));
  const runbooks = ['op-stack/UnsafeHeadStalled', 'system/HostDown'];
  const flags = { listen: '127.0.0.1:0', environment: 'dev', networks, runbooks, prometheusUrl, ...more };
  const secrets = new SecretScrubber();
  const log = createLogger('status', 'silent', secrets);
  const settings = loadSettings(settingsSchema, { flags });
  running = await service.start(settings, { log, registry: new Registry(), secrets, env: {}, fail: () => {} });
}

/** For a page that has to read itself anew: more often than a person needs it. */
const HASTE: View = { haste: 8 };

function open(path = '/', view: View = {}): Promise<Opened> {
  return openPage(browser, `${running?.address.url}${path}`, view);
}

/** What is seen without scrolling, as text. */
const HERO = '#state';

test('says at the top what is wrong, since when and where, and leads to the runbook', async () => {
  prometheus.firing = [
    { ...STALLED, alertname: 'Later', summary: 'Something that follows', ageSeconds: 60 },
    STALLED,
    { ...STALLED, severity: 'warning', alertname: 'Lesser', summary: 'Something lesser', ageSeconds: 900 },
  ];
  const { page, errors } = await open('/', { width: 360 });
  expect(await page.title()).toBe('2 critical, 1 warning firing · Chainwatch dev');
  const first = page.locator(`${HERO} .troubles li`).first();
  expect(await first.textContent()).toBe('op-devNo node of op-dev has seen a new L2 blockfor 12 minRunbook');
  const box = await first.boundingBox();
  expect(box === null ? Number.NaN : box.y + box.height).toBeLessThan(400);
  await first.locator('a.runbook').click();
  await page.waitForURL(`**${RUNBOOK}`);
  expect(await page.locator('h1').textContent()).toBe('UnsafeHeadStalled');
  expect(await page.locator('#now').textContent()).toContain('It fires now');
  expect(errors).toEqual([]);
});

test('shows what begins and ends without being asked, and leaves the reader where they are', async () => {
  const { page, errors } = await open('/', HASTE);
  expect(await page.locator('h1').textContent()).toBe('All is well');
  await page.locator('#targets summary').click();
  prometheus.firing = [STALLED];
  await page.locator('.alert.critical').waitFor();
  expect(await page.locator('.card.critical').textContent()).toMatch(/1 critical for 12 min/);
  // What the reader has opened stays open, and the key goes on from where it was.
  expect(await page.locator('#targets').getAttribute('open')).not.toBeNull();
  expect(await page.evaluate('document.activeElement.closest("details")?.id')).toBe('targets');
  await page.locator('.alert details summary').focus();
  prometheus.targets = prometheus.targets.map((target) =>
    target.instance === 'replica-node:7300' ? { ...target, lastError: 'connection refused' } : target,
  );
  await page.locator('.card .components li.down').waitFor();
  expect(await page.evaluate('document.activeElement.textContent')).toMatch(/^\d labels$/);
  expect(await page.locator('.card.critical .components li.down').textContent()).toBe('op-node 1 of 2');
  // What it wants without the haste of a test.
  expect(await page.evaluate('Math.max(...intervals)')).toBeLessThanOrEqual(5_000);
  // The alert tells more of it; without one, the target itself is what is wrong.
  expect(await page.locator(`${HERO} .troubles`).textContent()).not.toContain('targets down');
  prometheus.firing = [];
  await page.locator('.alert').waitFor({ state: 'detached' });
  expect(await page.locator(`${HERO} .troubles`).textContent()).toBe('op-dev1 of 3 targets down');
  expect(errors).toEqual([]);
});

test('says that it is not reachable, and finds itself again', async () => {
  const { page } = await open('/', HASTE);
  const port = running?.address.port;
  await running?.stop();
  await page.locator('#line[data-state=lost]').waitFor();
  expect(await page.locator('#line').textContent()).toMatch(/^not reachable for \d+ s$/);
  running = undefined;
  await start({ listen: `127.0.0.1:${port}` });
  await page.locator('#line[data-state=live]').waitFor();
});

test('no card is blank, and no column', async () => {
  const { page } = await open();
  const cards = await page.locator('.card').all();
  const boxes = [];
  for (const card of cards) {
    expect(await card.locator('.components li').count()).toBeGreaterThan(0);
    expect(await card.locator('.reasons').textContent()).not.toBe('');
    boxes.push(await card.boundingBox());
  }
  const list = await page.locator('.cards').boundingBox();
  const rows = Map.groupBy(boxes, (box) => box?.y);
  expect(boxes).toHaveLength(3);
  for (const row of rows.values()) {
    const end = Math.max(...row.map((box) => (box === null ? 0 : box.x + box.width)));
    expect(end).toBeCloseTo(list === null ? Number.NaN : list.x + list.width, 0);
  }
});

test('says that time is compressed on every page, only where it is', async () => {
  const plain = await open();
  expect(await plain.page.locator('.pace').count()).toBe(0);
  await start({ timeScale: 60 });
  for (const path of ['/', '/runbooks', RUNBOOK]) {
    const { page } = await open(path);
    expect(await page.locator('.pace').textContent()).toContain('Time runs 60 times faster here');
  }
});

test('a runbook tells what its alert does now, and leaves what a person copies alone', async () => {
  const { page, errors } = await open(RUNBOOK, HASTE);
  expect(await page.locator('#now').textContent()).toBe('It does not fire now.');
  await page.evaluate(`getSelection().selectAllChildren(document.querySelector('.prose pre'))`);
  const selected = await page.evaluate('getSelection().toString()');
  prometheus.firing = [STALLED];
  await page.locator('#now.critical').waitFor();
  expect(String(selected).length).toBeGreaterThan(10);
  expect(await page.evaluate('getSelection().toString()')).toBe(selected);
  expect(errors).toEqual([]);
});

test('can be gone through with the keyboard, which shows where it is', async () => {
  prometheus.firing = [STALLED];
  for (const path of ['/', RUNBOOK]) {
    const { page } = await open(path);
    const { reached, unseen } = await tabThrough(page);
    expect(reached.join('\n')).toMatch(/A Overview\nA Runbooks\n/);
    if (path === '/') expect(reached).toEqual(expect.arrayContaining(['A Runbook', 'SUMMARY All 5 targets']));
    expect(unseen).toEqual([]);
  }
});

test.each(VIEWS)('fits and can be read at $width px, $colorScheme', async (view) => {
  const long = 'x'.repeat(200);
  prometheus.networks = ['geth-dev', 'op-dev', `net-${long}`];
  prometheus.targets = [
    ...prometheus.targets,
    { network: `net-${long}`, component: `c-${long}`, instance: `${long}:1`, lastError: `refused ${long}` },
  ];
  const odd = { network: `net-${long}`, summary: `<img src=x onerror=alert(1)> ${long}`, description: long };
  prometheus.firing = [
    STALLED,
    { ...STALLED, ...odd, alertname: `Long${long}`, labels: { instance: long } },
    { ...STALLED, ...odd, severity: 'warning', alertname: 'Middle' },
    { ...STALLED, severity: 'info', alertname: 'Small' },
    { ...STALLED, severity: 'page', alertname: 'Odd' },
  ];
  prometheus.samples = ['chainwatch_rpc_sources', 'chainwatch_rpc_agreed_head_block'].map((__name__) => ({
    metric: { __name__, network: 'geth-dev', layer: 'l1' },
    value: 3,
  }));
  for (const path of ['/', '/runbooks', RUNBOOK]) {
    const { page, errors, foreign } = await open(path, view);
    for (const summary of await page.locator('main summary').all()) await summary.click();
    expect(await overhang(page)).toBe(0);
    expect(await faintTexts(page)).toEqual([]);
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('light dark');
    expect([...errors, ...foreign]).toEqual([]);
    await page.close();
  }
});

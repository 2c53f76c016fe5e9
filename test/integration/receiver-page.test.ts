import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
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
import { numbered, Place, type ReceiverProcess } from './receiver/process.ts';

/** The receiver's page as a person has it open: in a real browser, while alerts come and the receiver goes. */

let browser: Browser | undefined;
let place: Place;
let receiver: ReceiverProcess;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

beforeEach(async (context) => {
  if (browser === undefined) context.skip(`none of ${BROWSERS.join(', ')} is on PATH`);
  place = new Place();
  receiver = await place.start();
});
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
  await place?.clear();
});

function open(view: View = {}, path = '/'): Promise<Opened> {
  return openPage(browser, receiver.url + path, view);
}

test('shows an alert as soon as it comes, and that it has ended', async () => {
  const { page, errors } = await open();
  expect(await page.locator('h1').textContent()).toBe('No alert fires');
  await receiver.deliver([
    numbered(1, { annotations: { summary: '<img src=x onerror=alert(1)>', runbook_url: 'https://example.org/' } }),
  ]);
  await page.locator('.alert.warning').waitFor();
  expect(await page.locator('.alert p.summary').textContent()).toBe('<img src=x onerror=alert(1)>');
  expect(await page.title()).toBe('1 warning · Chainwatch');
  await page.locator('.alert details.story summary').click();
  await receiver.deliver([numbered(2, { labels: { alertname: 'Second', severity: 'critical', network: 'bega' } })]);
  await page.locator('.alert.critical').waitFor();
  // What the reader has opened stays open.
  expect(await page.locator('.alert.warning details.story').getAttribute('open')).not.toBeNull();
  await receiver.deliver([1, 2].map((n) => numbered(n, { status: 'resolved', endsAt: '2026-05-01T11:00:00Z' })));
  await page.locator('.alert').first().waitFor({ state: 'detached' });
  expect(await page.locator('.log .resolved').count()).toBe(2);
  expect(errors).toEqual([]);
});

test('says that the receiver is gone, and finds it again', async () => {
  const port = new URL(receiver.url).port;
  const { page } = await open();
  await receiver.kill();
  await page.locator('#line[data-state=lost]').waitFor();
  expect(await page.locator('#line').textContent()).toMatch(/^not reachable for \d+ s$/);
  receiver = await place.start({ settings: { listen: `127.0.0.1:${port}` } });
  await receiver.deliver([numbered(1)]);
  await page.locator('#line[data-state=live]').waitFor();
  await page.locator('.alert').waitFor();
});

test('says that time is compressed, only where it is', async () => {
  const plain = await open();
  expect(await plain.page.locator('.pace').count()).toBe(0);
  await receiver.stop();
  receiver = await place.start({ settings: { timeScale: 60 } });
  await receiver.deliver([numbered(1)]);
  for (const path of ['/', '/history/0000000000000001']) {
    const { page } = await open({}, path);
    expect(await page.locator('.pace').textContent()).toContain('Time runs 60 times faster here');
  }
});

test('can be gone through with the keyboard, which shows where it is, also when the page was read anew', async () => {
  await receiver.deliver([numbered(1)]);
  const { page } = await open();
  const { reached, unseen } = await tabThrough(page);
  expect(reached).toEqual(expect.arrayContaining(['A History', 'A Alerts as JSON']));
  expect(unseen).toEqual([]);
  await page.locator('.alert a', { hasText: 'History' }).focus();
  await receiver.deliver([numbered(2, { labels: { alertname: 'Second', severity: 'critical', network: 'bega' } })]);
  await page.locator('.alert.critical').waitFor();
  expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe('/history/0000000000000001');
});

test.each(VIEWS)('fits and can be read at $width px, $colorScheme', async (view) => {
  const long = 'x'.repeat(300);
  const labels = { alertname: `LongName${long}`, severity: 'critical', network: `net-${long}`, instance: long };
  await receiver.deliver([
    numbered(1, { labels, annotations: { summary: long, description: `${long} ${long}` } }),
    numbered(2),
    numbered(3, { labels: { alertname: 'Small', severity: 'info' } }),
    numbered(4, { labels: { alertname: 'Odd', severity: 'page' } }),
  ]);
  await receiver.deliver([numbered(2, { status: 'resolved', endsAt: '2026-05-01T11:00:00Z' })]);
  for (const path of ['/', '/history/0000000000000001', '/history/0000000000000002']) {
    const { page, errors, foreign } = await open(view, path);
    for (const summary of await page.locator('main summary').all()) await summary.click();
    expect(await overhang(page)).toBe(0);
    expect(await faintTexts(page)).toEqual([]);
    expect([...errors, ...foreign]).toEqual([]);
    await page.close();
  }
});

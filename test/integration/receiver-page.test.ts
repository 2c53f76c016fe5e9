import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { numbered, Place, type ReceiverProcess } from './receiver/process.ts';

/** The receiver's page as a person has it open: in a real browser, while alerts come and the receiver goes. */

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const UPDATES = ['--disable-component-update', '--disable-sync'];

let browser: Browser | undefined;
let place: Place;
let receiver: ReceiverProcess;

beforeAll(async () => {
  const executablePath = onPath(PROGRAMS);
  if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args: [...QUIET, ...UPDATES] });
});
afterAll(() => browser?.close());

beforeEach(async (context) => {
  if (browser === undefined) context.skip(`none of ${PROGRAMS.join(', ')} is on PATH`);
  place = new Place();
  receiver = await place.start();
});
afterEach(() => place?.clear());

async function open(
  view: { width?: number; colorScheme?: 'light' | 'dark' } = {},
  path = '/',
): Promise<{ page: Page; errors: string[] }> {
  if (browser === undefined) throw new Error('no browser');
  const { width = 1_100, colorScheme = 'light' } = view;
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(receiver.url + path);
  await page.locator('#line[data-state=live]').waitFor();
  return { page, errors };
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
  await page.locator('.alert summary').click();
  await receiver.deliver([numbered(2, { labels: { alertname: 'Second', severity: 'critical', network: 'bega' } })]);
  await page.locator('.alert.critical').waitFor();
  // What the reader has opened stays open.
  expect(await page.locator('.alert.warning details').getAttribute('open')).not.toBeNull();
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

test.each([360, 1_100].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme }))))(
  'fits and can be read at $width px, $colorScheme',
  async (view) => {
    const long = 'x'.repeat(300);
    const labels = { alertname: `LongName${long}`, severity: 'critical', network: `net-${long}`, instance: long };
    await receiver.deliver([
      numbered(1, { labels, annotations: { summary: long, description: `${long} ${long}` } }),
      numbered(2),
    ]);
    for (const path of ['/', '/history/0000000000000001']) {
      const { page, errors } = await open(view, path);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(view.width);
      const colours: unknown = await page.evaluate(`(() => {
        const style = getComputedStyle(document.querySelector('.alert h3'));
        return [style.color, getComputedStyle(document.querySelector('.alert')).backgroundColor];
      })()`);
      const [text = 0, ground = 0] = Array.isArray(colours) ? colours.map((colour) => brightness(String(colour))) : [];
      expect(text > ground).toBe(view.colorScheme === 'dark');
      expect(Math.abs(text - ground)).toBeGreaterThan(150);
      expect(errors).toEqual([]);
      await page.close();
    }
  },
);

/** Of `rgb(23, 27, 34)`: the mean of the three. */
function brightness(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  return (red + green + blue) / 3;
}

function onPath(names: readonly string[]): string | undefined {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

/** Our pages as a person has them open: in a real browser, watched for whatever it complains about or fetches from elsewhere. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

export const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const UPDATES = ['--disable-component-update', '--disable-sync'];

/** @returns undefined where there is none on PATH */
export async function launchBrowser(): Promise<Browser | undefined> {
  const executablePath = onPath(BROWSERS);
  return executablePath === undefined
    ? undefined
    : await chromium.launch({ executablePath, args: [...QUIET, ...UPDATES] });
}

export interface View {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** How many times as often as it wants to the page does what it does every so often. */
  readonly haste?: number;
}

/** A phone and a desk, by day and by night. */
export const VIEWS = [360, 1_100].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

export interface Opened {
  readonly page: Page;
  /** What the browser complained about. */
  readonly errors: readonly string[];
  /** Addresses that are not of the page's own server. */
  readonly foreign: readonly string[];
}

/** @param address of a page that keeps itself up to date */
export async function openPage(browser: Browser | undefined, address: string, view: View = {}): Promise<Opened> {
  if (browser === undefined) throw new Error('no browser');
  const { width = 1_100, colorScheme = 'light', haste = 1 } = view;
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  // On a busy machine the half minute that it would wait is soon over.
  page.setDefaultTimeout(120_000);
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== new URL(address).origin) foreign.push(url.href);
  });
  if (haste !== 1) await page.addInitScript(hurry(haste));
  await page.goto(address);
  await page.locator('#line[data-state=live]').waitFor();
  return { page, errors, foreign };
}

/** Milliseconds of all the waits that the page wanted are in `intervals`, so that nothing is hidden by it. */
function hurry(haste: number): string {
  return `(() => {
    const every = globalThis.setInterval;
    globalThis.intervals = [];
    globalThis.setInterval = (work, ms, ...args) => {
      globalThis.intervals.push(ms);
      return every(work, ms / ${haste}, ...args);
    };
  })()`;
}

/** Pixels that the page is wider than its window: then a person has to scroll sideways. */
export async function overhang(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'));
}

/** Every text whose contrast is below 4.5, the least that WCAG asks for (AA): `2.31 rgb(…) on rgb(…): the text`. */
export async function faintTexts(page: Page): Promise<readonly string[]> {
  const found: unknown = await page.evaluate(FAINT);
  return Array.isArray(found) ? found.map(String) : ['the page could not be measured'];
}

const FAINT = `(() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = parts(colour).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (parts(colour).length === 3 || parts(colour)[3] > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement, text = texts.currentNode.data.trim();
    if (text === '' || !node.checkVisibility() || ['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(node.tagName)) continue;
    seen += 1;
    const [colour, behind] = [getComputedStyle(node).color, ground(node)];
    const [lighter, darker] = [luminance(colour), luminance(behind)].sort((a, b) => b - a);
    const ratio = (lighter + 0.05) / (darker + 0.05);
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + colour + ' on ' + behind + ': ' + text.slice(0, 40));
  }
  return seen === 0 ? ['no text was found'] : faint;
})()`;

/** Goes through the page with the Tab key. @returns what is reached, and what of it shows no focus */
export async function tabThrough(page: Page): Promise<{ reached: readonly string[]; unseen: readonly string[] }> {
  const reached: string[] = [];
  const unseen: string[] = [];
  for (let count = 0; count < 200; count += 1) {
    await page.keyboard.press('Tab');
    const at: unknown = await page.evaluate(`(() => {
      const node = document.activeElement;
      if (!node || node === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(node);
      return [node.tagName + ' ' + node.textContent.trim().slice(0, 40), outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2];
    })()`);
    if (!Array.isArray(at)) return { reached, unseen };
    reached.push(String(at[0]));
    if (at[1] !== true) unseen.push(String(at[0]));
  }
  throw new Error('the Tab key finds no end');
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

/** Networks that the page of a chain shows are those of the stack files: nobody follows an example that nobody runs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT, STACKS, stackText } from '../../fixtures/real.ts';

type Networks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Of a whole stack file, of its configuration, or networks alone; what else a page shows has none. */
function networksIn(yaml: unknown): Networks {
  const whole = Object(yaml);
  const found = Object((whole.config ?? whole)['chainwatch:networks'] ?? whole);
  return Object.fromEntries(Object.entries<Networks[string]>(found).filter(([, network]) => Object(network).chain));
}

const folder = join(ROOT, 'docs', 'chains');
const PAGES = readdirSync(folder).map((page) => {
  const text = readFileSync(join(folder, page), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => networksIn(parse(yaml ?? '')));
  return { page, shown: Object.assign({}, ...blocks) as Networks };
});
const real: Networks = Object.assign({}, ...STACKS.map((name) => networksIn(parse(stackText(name)))));

/** For nodes of one's own, where the stack has the foundation's, which are in Grafana Cloud. */
const ONLY_SHOWN = ['genlayer-bradbury'];

test.each(PAGES)('$page shows networks as they are in the stack files', ({ shown }) => {
  const there = Object.keys(shown).filter((name) => !ONLY_SHOWN.includes(name));
  expect(Object.fromEntries(there.map((name) => [name, shown[name]]))).toEqual(
    Object.fromEntries(there.map((name) => [name, real[name]])),
  );
});

test('every network of a chain with a page is on it', () => {
  const chains = PAGES.map(({ page }) => page.replace(/\.md$/, ''));
  const expected = Object.keys(real).filter((name) => chains.includes(String(real[name]?.chain)));
  const shown = PAGES.flatMap((page) => Object.keys(page.shown)).filter((name) => !ONLY_SHOWN.includes(name));
  expect(shown.sort()).toEqual(expected.sort());
  expect(expected.length).toBeGreaterThan(10);
});

/** Every page under docs/ can be found from the README, and no link between pages leads nowhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const posix = (path: string) => path.replaceAll('\\', '/');
const pages = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => posix(join('docs', name)))
  .sort();

/** Paths from the root to which a page links; neither addresses nor places within the page. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(\w+:|#)/.test(target))
    .map((target) => posix(normalize(join(dirname(page), target.replace(/#.*/, '')))));
}

function reachable(from: string): Set<string> {
  const seen = new Set([from]);
  // A set goes on over what is added to it meanwhile.
  for (const page of seen)
    if (page.endsWith('.md') && existsSync(join(ROOT, page))) for (const target of linksOf(page)) seen.add(target);
  return seen;
}

test('each page is reached from the README', () => {
  const found = reachable('README.md');
  expect(pages.filter((page) => !found.has(page))).toEqual([]);
});

test.each(['README.md', 'CONTRIBUTING.md', ...pages])('no link of %s leads nowhere', (page) => {
  expect(linksOf(page).filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
});

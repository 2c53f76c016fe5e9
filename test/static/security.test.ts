/** Each row of the threat model names a test that is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8');
const rows = page
  .slice(page.indexOf('## Threats'), page.indexOf('Not protected:'))
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.split(' | '));

/** `path: name` → the path and the name. */
function shownBy(cell: string): { readonly file: string; readonly name: string }[] {
  return [...cell.matchAll(/`(test\/[\w/.-]+\.test\.ts): ([^`]+)`/g)].map(([, file = '', name = '']) => ({
    file,
    name,
  }));
}

describe('docs/security.md', () => {
  test('has a row for each threat, with what protects and what shows it', () => {
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter((cells) => cells.length !== 3 || shownBy(cells[2] ?? '').length === 0)).toEqual([]);
  });

  test.each(rows.flatMap((cells) => shownBy(cells[2] ?? '')))('$file has a test "$name"', ({ file, name }) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    const text = readFileSync(join(ROOT, file), 'utf8');
    const quoted = [`'${name.replaceAll("'", "\\'")}'`, `"${name}"`, `\`${name}\``];
    // As the name of a test or of a group of them, not anywhere.
    const starts = ['test(', 'describe(', ')(', 'test.skipIf(!OPENSSL)('];
    const flat = text.replaceAll(/\(\n\s+/g, '(');
    expect(quoted.some((each) => starts.some((start) => flat.includes(`${start}${each}`)))).toBe(true);
  });
});

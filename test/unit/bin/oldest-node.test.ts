import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const text = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('the oldest Node that may start Chainwatch is the same wherever it is said', () => {
  const { engines } = JSON.parse(text('package.json'));
  const said = ['README.md', 'bin/bootstrap.js'].flatMap((path) =>
    [...text(path).matchAll(/any Node from (\d+) on/gi)].map(([, major]) => `>=${major}`),
  );
  expect(said).toEqual([engines.node, engines.node]);
});

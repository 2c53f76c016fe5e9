/** Each chain has a page under docs/chains; what the pages of those without a test of their own name and show is right. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseStack } from '../../../config/parse.ts';
import { known, ROOT } from '../../fixtures/real.ts';

const pageOf = (chain: string) => join(ROOT, 'docs', 'chains', `${chain}.md`);

test('each chain has a page', () => {
  expect([...known.chains.keys()].filter((chain) => !existsSync(pageOf(chain)))).toEqual([]);
});

describe.each(['op-stack', 'system'])('the page of %s', (chain) => {
  const text = readFileSync(pageOf(chain), 'utf8');

  test('names alerts that there are', () => {
    const alerts = new Set(
      [...known.chains.keys()]
        .flatMap((name) => known.packs.get(name)?.groups ?? [])
        .flatMap(({ rules }) => rules)
        .flatMap((rule) => (rule.kind === 'alert' ? [rule.name] : [])),
    );
    const named = [...text.matchAll(/`([A-Z][a-z]*[A-Z]\w*|L[12][A-Z]\w*|Watchdog)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !alerts.has(name))).toEqual([]);
  });

  test('shows stack files that are right', () => {
    const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => parse(yaml ?? '').config);
    expect(examples.length).toBeGreaterThan(0);
    for (const config of examples) {
      const anything = { environment: 'dev', knowledge: known.forConfig };
      expect(() => parseStack({ 'chainwatch:environment': 'dev', ...config }, anything)).not.toThrow();
    }
  });
});

/** Who knows an alert by the name that it had in an older set-up finds what became of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseStack } from '../../../../config/parse.ts';
import { makeKnown } from '../../../../model/knowledge.ts';
import { formerAlerts, formerNamed, formerWords, lintFormer, parseFormer } from '../../../../model/rules/former.ts';
import { lintKnown } from '../../../../model/rules/lint/known.ts';
import { METRICS } from '../../../fixtures/lint.ts';
import { known } from '../../../fixtures/real.ts';

const former = formerAlerts(known.packs);
const alerts = new Set(known.packs.all().flatMap((pack) => [...pack.alerts.keys()]));

/** The names in the first cells of each table of old alerts; of Grafana's the titles. */
function oldAlerts(page: string): string[] {
  const tables = page.split(/\n\n+/).filter((part) => /^\| (old alert|UID) \|/.test(part));
  return tables.flatMap((table) => {
    const titles = table.startsWith('| UID');
    return table
      .trim()
      .split('\n')
      .slice(2)
      .flatMap((row) => {
        const cell = row.split('|')[titles ? 2 : 1]?.trim() ?? '';
        // Each name alone, without the limit that may follow.
        return titles ? [cell] : cell.split(', ').filter((name) => /^[A-Z]\w+$/.test(name));
      });
  });
}

describe('the tables of the packs', () => {
  const folder = join(import.meta.dirname, '../../../../docs/migrate');
  const pages = readdirSync(folder).filter((name) => name !== 'importing.md');

  test.each(pages)('every old alert of docs/migrate/%s is an alert, or it is told what became of it', (page) => {
    const names = oldAlerts(readFileSync(join(folder, page), 'utf8'));
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !alerts.has(name) && formerNamed(name, former) === undefined)).toEqual([]);
  });

  test('lead to alerts that are there, of their own pack or of system', () => {
    const faults = known.packs.names.flatMap((chain) => {
      const there = [chain, 'system'].flatMap((name) => [...(known.packs.get(name)?.alerts.keys() ?? [])]);
      return lintFormer(
        former.filter((each) => each.chain === chain),
        new Set(there),
      );
    });
    expect(faults).toEqual([]);
    expect(former.length).toBeGreaterThan(9);
  });

  test('say of one that was dropped why', () => {
    const old = formerNamed('gethLowPeerCount', former);
    expect(old && formerWords(old)).toMatch(/^was dropped, and no alert takes its place: peers of an L1 node /);
    const other = formerNamed('aztec/GethNodeDown', former);
    expect(other && formerWords(other)).toMatch(/^is RpcEndpointDown now: a script pushed it/);
    expect(formerNamed('GethNode', former)).toBeUndefined();
  });
});

test('who tunes an alert by its old name is told the new one', () => {
  const tuned = (chain: string, alert: string) => {
    const net = { chain, chainId: 1000, l1: { chainId: 1 }, nodes: {}, alerts: { [alert]: { for: '5m' } } };
    return () => parseStack({ 'chainwatch:networks': { net } }, { environment: 'dev', knowledge: known.forConfig });
  };
  expect(tuned('op-stack', 'BatcherLowBalance')).toThrow(
    'BatcherLowBalance is BatcherVeryLowETH and BatcherRunwayVeryLow now: it was the balance of one address',
  );
  expect(tuned('op-stack', 'BatcherLowBalanse')).toThrow('unknown alert "BatcherLowBalanse"');
});

describe('a table', () => {
  const table = (text: string) => [
    {
      chain: 'x',
      files: new Map([['metrics.yaml', METRICS], ...(text === '' ? [] : [['former.yaml', text] as const])]),
    },
  ];
  const faults = (text: string) => lintKnown(makeKnown([], table(text))).get('x');

  test('may be missing, and is checked with its pack where it is there', () => {
    expect(faults('')).toEqual([]);
    expect(faults('- { name: Old, now: [Gone], why: w }\n- { name: Old, now: [], why: w }\n')).toEqual([
      'rules/x/former.yaml: Old is listed twice',
      'rules/x/former.yaml: Old is said to be Gone now, which is no alert',
    ]);
    expect(faults('- name: Old\n  now: []\n')).toEqual([expect.stringMatching(/^rules\/x\/former\.yaml:1: 0\.why: /)]);
  });

  test('lists no alert that has kept its name', () => {
    const [old] = parseFormer('- { name: Old, now: [New, Newer, Newest], why: w }', 'x');
    if (!old) throw new Error('nothing was read');
    expect(lintFormer([old], new Set(['Old', 'New', 'Newer', 'Newest']))).toEqual(['Old is an alert still']);
    expect(formerWords(old)).toBe('is New, Newer and Newest now: w');
  });
});

/** What is remembered of drills, and what makes it void. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprintOf, ledgerFile, readLedger, recordProofs, standingOf } from '../../../local/drill/ledger.ts';
import { ago } from '../../../local/drill/words.ts';
import type { AlertRule, Rule } from '../../../model/rules/ruleFile.ts';

const alert = (expr: string, more: Partial<AlertRule> = {}): AlertRule => ({
  kind: 'alert',
  name: 'A',
  expr,
  for: 60,
  keepFiringFor: 0,
  labels: {},
  annotations: {},
  ...more,
});
const recording = (expr: string): Rule => ({ kind: 'recording', name: 'a:b:c', expr, labels: {} });

describe('the fingerprint of a rule', () => {
  const own = fingerprintOf(alert('up == 0'), []);

  it('stays where only texts, comments and spaces differ', () => {
    expect(fingerprintOf(alert('up   == # threshold\n 0', { annotations: { summary: 'x' } }), [])).toBe(own);
  });

  it('is another one with another limit, time, or rule that it reads', () => {
    expect(fingerprintOf(alert('up == 1'), [])).not.toBe(own);
    expect(fingerprintOf(alert('up == 0', { for: 61 }), [])).not.toBe(own);
    expect(fingerprintOf(alert('up == 0', { keepFiringFor: 1 }), [])).not.toBe(own);
    expect(fingerprintOf(alert('up == 0'), [recording('x')])).toBe(own);
    const reading = alert('a:b:c > 1');
    expect(fingerprintOf(reading, [recording('x')])).not.toBe(fingerprintOf(reading, [recording('y')]));
  });
});

describe('the ledger', () => {
  let project = '';
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'chainwatch-ledger-'));
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));
  const proof = (fingerprint: string) => ({ at: '2026-01-02T03:04:05.000Z', fingerprint, fault: 'c/f' });

  it('keeps what was proven, adds to it, and forgets what was disproved', () => {
    recordProofs(
      project,
      new Map([
        ['c/B', proof('1')],
        ['c/A', proof('2')],
      ]),
      new Set(),
    );
    recordProofs(project, new Map([['c/C', proof('3')]]), new Set(['c/B']));
    expect([...readLedger(project).keys()]).toEqual(['c/A', 'c/C']);
    expect(readFileSync(ledgerFile(project), 'utf8')).toContain('"c/A"');
  });

  it('is empty where there is none, or where it cannot be understood', () => {
    expect(readLedger(project).size).toBe(0);
    mkdirSync(dirname(ledgerFile(project)));
    writeFileSync(ledgerFile(project), '{"version":2}');
    expect(readLedger(project).size).toBe(0);
  });

  it('says whether an alert is proven as it is now', () => {
    const ledger = new Map([['c/A', proof('1')]]);
    expect(standingOf(ledger, 'c/A', '1')).toMatchObject({ state: 'proven', fault: 'c/f' });
    expect(standingOf(ledger, 'c/A', '2')).toMatchObject({ state: 'changed' });
    expect(standingOf(ledger, 'c/B', '1')).toEqual({ state: 'never' });
  });
});

it('says how long ago something was', () => {
  const now = new Date('2026-01-10T00:00:00Z');
  const before = (seconds: number) => ago(new Date(now.getTime() - seconds * 1000), now);
  expect([0, 59, 60, 7200, 86_400, 2 * 86_400, -5].map(before)).toEqual([
    'just now',
    'just now',
    '1 minute ago',
    '2 hours ago',
    '1 day ago',
    '2 days ago',
    'just now',
  ]);
});

/** What `drill --list` prints. */
import { describe, expect, test } from 'vitest';
import { simulators } from '../../../chains/simulators.ts';
import { showList } from '../../../cli/drill/list.ts';
import { allCases, undrilled } from '../../../local/drill/cases.ts';
import { known } from '../../fixtures/real.ts';
import { terminal } from './terminal.ts';

const cases = allCases(simulators, known);
const listed = (width?: number) =>
  showList(cases, undrilled(cases, known), { ...terminal(), ...(width === undefined ? {} : { width }) });

describe('the list', () => {
  test.each([80, 100, 160])('is at most %i columns wide, as the terminal is', (width) => {
    const lines = listed(width).split('\n');
    // A name that is longer than its column is not broken.
    expect(lines.filter((line) => line.length > width && line.trim().includes(' '))).toEqual([]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeGreaterThan(width - 30);
  });

  test('of no terminal is as wide as one of a hundred columns', () => {
    expect(listed()).toBe(listed(100));
  });

  test('names every alert, and says what "left on" is', () => {
    const text = listed(80);
    for (const { fault, alerts, also } of cases)
      for (const name of [fault.name, ...alerts, ...also]) expect(text).toContain(name);
    expect(text.replaceAll('\n', ' ')).toContain(
      "left on: what comes only where the fault is left on, for up to 13h of the chain's time.",
    );
  });
});

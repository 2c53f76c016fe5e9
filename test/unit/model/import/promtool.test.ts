/** What promtool says of a draft, by the lines of what the draft was made of. */
import { expect, test } from 'vitest';
import { complete } from '../../../../model/import/complete.ts';
import { promtoolRemarks } from '../../../../model/import/promtool.ts';
import { readRules } from '../../../../model/import/read.ts';

const TEXT = `groups:
- name: One group
  rules:
  - record: a:g:sum
    expr: sum(g)
  - alert: First
    expr: g > 5
  - alert: Second
    expr: g > 6
    annotations:
      summary: '{{ ) }}'
`;
const completed = readRules(TEXT, 'f.yml').rules.map((rule) =>
  complete(rule, { chain: 'x', catalogues: [], components: new Set(), taken: new Set() }),
);
const said = (...lines: string[]) =>
  promtoolRemarks(lines, completed, []).map(({ file, line, rule, message }) => `${file}:${line} ${rule}: ${message}`);

test('a text of a rule has the line of that text, without the names that promtool makes up', () => {
  const line =
    'alerts.yaml: group "one-group", rule 2, "Second": annotation "summary": template: __alert_Second:1: bad';
  expect(said(line)).toEqual([
    'f.yml:11 Second: would be refused by Prometheus: annotation summary: bad (as promtool says)',
  ]);
});

test('rules are counted among their kind', () => {
  expect(said('recording.yaml: group "one-group-recorded", rule 1, "a:g:sum": bad')).toEqual([
    'f.yml:4 a:g:sum: would be refused by Prometheus: bad (as promtool says)',
  ]);
});

test('what is about no rule that we know is told as it is', () => {
  expect(said('alerts.yaml: 3:5: group "two", rule 9, "X": bad', 'alerts.yaml: strange')).toEqual([
    'draft:1 undefined: would be refused: promtool says alerts.yaml: 3:5: group "two", rule 9, "X": bad',
    'draft:1 undefined: would be refused: promtool says alerts.yaml: strange',
  ]);
});

test('what we have said of the same text is not said again', () => {
  const line =
    'alerts.yaml: group "one-group", rule 2, "Second": annotation "summary": template: __alert_Second:1: bad';
  const message = 'has an annotation summary that opens {{ and does not close it';
  const ours = { file: 'f.yml', line: 11, rule: 'Second', message, kind: 'fault' } as const;
  expect(promtoolRemarks([line], completed, [ours])).toEqual([]);
  expect(promtoolRemarks([line], completed, [{ ...ours, rule: 'First' }])).toHaveLength(1);
});

/** All that is wrong with a pack at once, though parts of it cannot be read. */
import { expect, test } from 'vitest';
import { defineChain } from '../../../../model/chain.ts';
import { makeKnown } from '../../../../model/knowledge.ts';
import { lintKnown } from '../../../../model/rules/lint/known.ts';
import { METRICS } from '../../../fixtures/lint.ts';

test('what cannot be read keeps nothing else from sight: each fault with its file and line', () => {
  const alerts = `groups:
  - name: n
    rules:
      - alert: A
        expr: |
          g
            > (5
        labels: { severity: info, component: node, subject: s }
      - alert: B
        expr: |
          # a comment

          g > 5
            and gg{layr="safe"} > 1
            and g{layr="sfe", layer="sfe"} > 1 # threshold
        labels: { severity: info, component: node, subject: s }
        annotations: { summary: s, description: '{{ $value }}', unit: s, runbook_url: /runbooks/x/B }
      - alert: C
        expr: g >
        fro: 5m
      - alert: D
        for: 5m
  - name: m
    intervall: 1m
    rules:
      - record: R
        expr: g[
`;
  const page = '# B\n\n## Meaning\nm\n\n## First check\nc\n\n## Fix\nf\n\n## Confirm\nc\n';
  const files = new Map([
    ['alerts.yaml', alerts],
    ['metrics.yaml', METRICS],
    ['runbooks/B.md', page],
  ]);
  const nodes = defineChain({
    name: 'x',
    title: 'X',
    scope: 'network',
    components: [{ name: 'node', metricsPath: '/metrics', description: 'n' }],
    always: [],
    fields: {},
    dashboards: () => [],
  });
  const at = (line: number, text: string) => expect.stringContaining(`rules/x/alerts.yaml:${line}: ${text}`);
  expect(lintKnown(makeKnown([nodes], [{ chain: 'x', files }])).get('x')).toEqual([
    at(7, 'A: PromQL does not parse at its end: a ")" is missing'),
    at(19, 'C: PromQL does not parse at its end: expected a metric'),
    at(20, 'C: unknown key "fro"; did you mean "for"?'),
    at(21, 'D: expr is missing'),
    at(24, 'groups.1: unknown key "intervall"; did you mean "interval"?'),
    at(27, 'R: PromQL does not parse at its end: a "]" is missing'),
    at(14, 'B reads gg, which is in no catalogue; did you mean "g"?'),
    at(15, 'B selects g by layr, a label that it does not have; did you mean "layer"?'),
    at(15, 'B selects g by layer="sfe", which it never is: safe, unsafe; did you mean "safe"?'),
  ]);
});

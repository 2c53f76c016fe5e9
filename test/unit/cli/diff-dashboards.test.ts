import { describe, expect, test } from 'vitest';
import { compare } from '../../../cli/diff/compare.ts';
import { formatMarkdown } from '../../../cli/diff/markdown.ts';
import { formatText } from '../../../cli/diff/text.ts';
import { view } from '../../../cli/diff/view.ts';
import { paint } from '../../../cli/output.ts';
import { emptyDocument, type PlanDocument } from '../../../cli/plan/document.ts';
import type { Config } from '../../fixtures/toy.ts';

const plain = paint({ color: false });

describe('dashboards: what a reader of them sees', () => {
  const made = emptyDocument(undefined);

  interface Given {
    readonly title: string;
    readonly expr?: string;
    readonly unit?: string;
    readonly steps?: readonly [string, number][];
    readonly more?: Config;
  }

  function panel({ title, expr, unit, steps = [], more = {} }: Given, id: number): Config {
    return {
      ...{ id, title, type: 'timeseries', gridPos: { x: 0, y: id * 8, w: 8, h: 8 } },
      fieldConfig: {
        defaults: {
          ...(unit === undefined ? {} : { unit }),
          ...{ custom: { axisSoftMax: steps[0]?.[1] ?? 0 } },
          thresholds: {
            steps: [{ color: 'transparent', value: null }, ...steps.map(([color, value]) => ({ color, value }))],
          },
        },
        overrides: [],
      },
      targets: expr === undefined ? [] : [{ refId: 'A', expr, legendFormat: '{{instance}}' }],
      ...more,
    };
  }

  const row = (title: string): Given => ({ title, more: { type: 'row' } });

  function board(panels: readonly Given[], uids = ['net_node'], more: Config = {}): PlanDocument {
    const of = (uid: string) => {
      const text = JSON.stringify({ ...more, panels: panels.map(panel) });
      return { title: 'Node', folder: 'F', json: JSON.parse(text.replaceAll('NETWORK', uid.split('_')[0] ?? '')) };
    };
    return { ...made, dashboards: Object.fromEntries(uids.map((uid) => [uid, of(uid)])) };
  }

  const lines = (before: PlanDocument, after: PlanDocument) =>
    formatText(view(compare(before, after)), plain)
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim());

  test('panels that came and went; those below them have only moved', () => {
    const [a, b, c] = [
      { title: 'A', expr: 'a' },
      { title: 'B', expr: 'b' },
      { title: 'C', expr: 'c' },
    ];
    expect(lines(board([a, b]), board([c, b]))).toEqual(['~ node of net', '"C"  panel added', '"A"  panel removed']);
  });

  test('query, unit, thresholds, type, size and words of one, old and new', () => {
    const before = { title: 'Age', expr: 'max(age)', unit: 's', steps: [['orange', 60]] } satisfies Given;
    const after = {
      ...before,
      ...{
        expr: 'max by (instance) (age)',
        unit: 'suffix:blocks',
        steps: [
          ['orange', 5],
          ['red', 9],
        ],
      },
      more: { type: 'stat', description: 'how old', gridPos: { x: 3, y: 3, w: 12, h: 8 } },
    } satisfies Given;
    expect(lines(board([before]), board([after]))).toEqual([
      '~ node of net',
      '"Age" description  nothing → how old',
      '"Age" query A      max(age) → max by (instance) (age)',
      '"Age" size         8×8 → 12×8',
      '"Age" thresholds   orange from 60 → orange from 5, red from 9',
      '"Age" type         timeseries → stat',
      '"Age" unit         s → blocks',
    ]);
  });

  test('a panel with another name that asks the same was renamed; one without a query is another', () => {
    expect(lines(board([{ title: 'A', expr: 'x' }]), board([{ title: 'B', expr: 'x' }]))).toEqual([
      '~ node of net',
      'panel renamed  A → B',
    ]);
    expect(lines(board([{ title: 'A' }]), board([{ title: 'B' }]))).toEqual([
      '~ node of net',
      '"B"  panel added',
      '"A"  panel removed',
    ]);
  });

  test('rows and order', () => {
    const [a, b] = [
      { title: 'A', expr: 'a' },
      { title: 'B', expr: 'b' },
    ];
    expect(lines(board([row('One'), a, row('Two'), b]), board([row('One'), a, b]))).toEqual([
      '~ node of net',
      '"B" row  Two → One',
    ]);
    expect(lines(board([a, b]), board([b, a]))).toEqual(['~ node of net', 'panels  in another order']);
    const moved = { ...a, more: { gridPos: { x: 8, y: 0, w: 8, h: 8 } } };
    expect(lines(board([a]), board([moved]))).toEqual(['~ node of net', 'layout  nothing → changed']);
  });

  test('two panels of one title are two', () => {
    const [one, two] = [
      { title: 'Errors', expr: 'a' },
      { title: 'Errors', expr: 'b' },
    ];
    expect(
      lines(board([row('X'), one, row('Y'), two]), board([row('X'), one, row('Y'), { ...two, expr: 'c' }])),
    ).toEqual(['~ node of net', '"Errors" query A  b → c']);
  });

  test('variables, links and refresh by name', () => {
    const frame = (query: string, refresh: string, url: string) => ({
      ...{ refresh, links: [{ title: 'Runbook', url }] },
      templating: { list: [{ name: 'instance', query }] },
    });
    expect(
      lines(board([], ['net_node'], frame('up', '10s', '/a')), board([], ['net_node'], frame('alive', '30s', '/b'))),
    ).toEqual([
      '~ node of net',
      'link.Runbook             /a → /b',
      'refresh                  10s → 30s',
      'variable.instance.query  up → alive',
    ]);
  });

  test('links of panels: what came and went by name, what only leads elsewhere in one line', () => {
    const links = (...list: [string, string][]) => ({ more: { links: list.map(([title, url]) => ({ title, url })) } });
    const given = (base: string, title: string) => [
      { title: 'A', expr: 'a', ...links(['Runbook X', `${base}/X`], [title, '/q']) },
      { title: 'B', expr: 'b', ...links(['Runbook Y', `${base}/Y`]) },
    ];
    expect(lines(board(given('https://a.example', 'Q')), board(given('https://b.example', 'R')))).toEqual([
      '~ node of net',
      '"A" link.Q  /q → nothing',
      '"A" link.R  nothing → /q',
      'links       of 2 panels lead elsewhere',
    ]);
  });

  test('the same change in those of several networks is told once, another one apart', () => {
    const uids = ['one_node', 'two_node', 'one_geth'];
    const before = board([{ title: 'A', expr: 'a{network="NETWORK"}' }], uids);
    const after = board([{ title: 'A', expr: 'b{network="NETWORK"}' }], uids);
    expect(lines(before, after)).toEqual([
      '~ node of one, two',
      '"A" query A  a{network="one"} → b{network="one"}',
      '~ geth of one',
      '"A" query A  a{network="one"} → b{network="one"}',
    ]);
  });

  test('in JSON panel by panel, in Markdown as a table', () => {
    const difference = compare(board([{ title: 'A', expr: 'a' }]), board([{ title: 'A', expr: 'b' }]));
    expect(difference.sections.dashboards?.changed).toEqual([
      {
        key: 'net_node',
        changes: [],
        panels: [{ panel: 'A', change: 'changed', changes: [{ field: 'query A', before: 'a', after: 'b' }] }],
      },
    ]);
    expect(formatMarkdown(view(difference))).toBe(
      '#### Dashboards\n\n|  | what | before | after |  |\n| --- | --- | --- | --- | --- |\n| `node of net` | "A" query A | `a` | `b` |  |',
    );
  });
});

/** What differs between two versions of a dashboard, panel by panel: what a reader sees, not where Grafana keeps it. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { type FieldChange, type Fields, fieldChanges, isRecord } from './fields.ts';

export interface PanelChange {
  /** Its title; of one that was renamed, the new one. */
  readonly panel: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** `title`, `row`, `query A`, `legend A`, `unit`, `thresholds`, `size`, `options.legend.placement`, … */
  readonly changes: readonly FieldChange[];
}

export interface DashboardChange {
  readonly changes: readonly FieldChange[];
  readonly panels: readonly PanelChange[];
}

/** @param before and after: `{ title, folder, json }` */
export function compareDashboards(before: Fields, after: Fields): DashboardChange {
  const [old, now] = [panelsOf(before.json), panelsOf(after.json)];
  const { pairs, removed, added } = pair(old, now);
  const panels = [
    ...added.map((panel): PanelChange => ({ panel: panel.title, change: 'added', changes: fieldChanges({}, panel) })),
    ...removed.map(
      (panel): PanelChange => ({ panel: panel.title, change: 'removed', changes: fieldChanges(panel, {}) }),
    ),
    ...pairs.flatMap(([from, to]): PanelChange[] => {
      const changes = fieldChanges(from, to);
      return changes.length === 0 ? [] : [{ panel: to.title, change: 'changed', changes }];
    }),
  ];
  const changes = [...fieldChanges(frameOf(before), frameOf(after)), ...orderChange(pairs, old, now)];
  const found = changes.length + panels.length > 0;
  // All that is left is where panels of the same size and order stand.
  return { changes: found ? changes : [{ field: 'layout', before: null, after: 'changed' }], panels };
}

interface Panel extends Fields {
  readonly title: string;
}

/** What is not in a panel. */
function frameOf({ json, ...entry }: Fields): Fields {
  const { panels: _, templating, annotations, links, ...rest } = isRecord(json) ? json : {};
  return {
    ...entry,
    ...rest,
    variable: listIn(templating),
    annotation: listIn(annotations),
    link: titled(links),
  };
}

function listIn(value: unknown): unknown {
  return isRecord(value) ? value.list : null;
}

/** The panels that show something, each with the row that it stands in. */
function panelsOf(json: unknown): Panel[] {
  let row = '';
  return recordsIn(isRecord(json) ? json.panels : undefined).flatMap((panel): Panel[] => {
    if (panel.type !== 'row') return [panelOf(panel, row)];
    row = textOf(panel.title);
    return recordsIn(panel.panels).map((each) => panelOf(each, row));
  });
}

function panelOf(panel: Fields, row: string): Panel {
  const { id: _, title, gridPos, fieldConfig, links, targets, ...rest } = panel;
  const { defaults, overrides } = isRecord(fieldConfig) ? fieldConfig : {};
  const { thresholds, unit, custom, ...others } = isRecord(defaults) ? defaults : {};
  return {
    ...rest,
    ...others,
    ...queriesOf(targets),
    title: textOf(title),
    row,
    unit: unit ?? null,
    thresholds: stepsOf(thresholds),
    size: sizeOf(gridPos),
    link: titled(links),
    style: custom ?? null,
    overrides: overrides ?? null,
  };
}

function queriesOf(targets: unknown): Fields {
  const entries = recordsIn(targets).flatMap(({ refId, expr, legendFormat, ...settings }) => {
    const name = textOf(refId);
    const query = textOf(expr).replaceAll(/\s+/g, ' ').trim();
    return [
      [`query ${name}`, query],
      [`legend ${name}`, legendFormat ?? null],
      [`settings of ${name}`, settings],
    ];
  });
  return Object.fromEntries(entries);
}

/** `orange from 120, red from 180`; the colour below all of them says nothing. */
function stepsOf(thresholds: unknown): string | null {
  const steps = recordsIn(isRecord(thresholds) ? thresholds.steps : undefined).filter(({ value }) => value !== null);
  return steps.map(({ color, value }) => `${textOf(color)} from ${String(value)}`).join(', ') || null;
}

function sizeOf(gridPos: unknown): string | null {
  return isRecord(gridPos) ? `${String(gridPos.w)}×${String(gridPos.h)}` : null;
}

/** Links by what a reader clicks on. */
function titled(links: unknown): Fields {
  return Object.fromEntries(recordsIn(links).map((link) => [textOf(link.title), link.url ?? link]));
}

interface Pairing {
  readonly pairs: readonly (readonly [Panel, Panel])[];
  readonly removed: readonly Panel[];
  readonly added: readonly Panel[];
}

/** By row and title, then by title (it moved), then by what it asks (it was renamed). */
function pair(before: readonly Panel[], after: readonly Panel[]): Pairing {
  const keys = [({ row, title }: Panel) => JSON.stringify([row, title]), ({ title }: Panel) => title, askedBy];
  const pairs: [Panel, Panel][] = [];
  let removed = [...before];
  let added = [...after];
  for (const keyOf of keys) {
    for (const old of [...removed]) {
      const key = keyOf(old);
      const now = key === undefined ? undefined : added.find((each) => keyOf(each) === key);
      if (!now) continue;
      pairs.push([old, now]);
      removed = removed.filter((each) => each !== old);
      added = added.filter((each) => each !== now);
    }
  }
  return { pairs, removed, added };
}

/** Its queries; `undefined` where it has none. */
function askedBy(panel: Panel): string | undefined {
  const queries = Object.entries(panel).filter(([name]) => name.startsWith('query '));
  return queries.length === 0 ? undefined : JSON.stringify(queries);
}

function orderChange(pairs: Pairing['pairs'], before: readonly Panel[], after: readonly Panel[]): FieldChange[] {
  const partner = new Map(pairs);
  const kept = before.flatMap((panel) => partner.get(panel) ?? []);
  const now = after.filter((panel) => kept.includes(panel));
  if (isDeepStrictEqual(kept, now)) return [];
  const titles = (panels: readonly Panel[]) => panels.map(({ title }) => title);
  return [{ field: 'panels', before: titles(kept), after: titles(now) }];
}

function recordsIn(value: unknown): Fields[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter(isRecord);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

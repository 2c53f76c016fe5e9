/** What differs between two plan documents. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { formatLimit } from '../plan/alert.ts';
import { type AlertEntry, type PlanDocument, SECTIONS, type Section, type SectionName } from '../plan/document.ts';
import { compareDashboards, type PanelChange } from './dashboards.ts';
import { type FieldChange, fieldChanges } from './fields.ts';

export interface AlertChange {
  readonly key: string;
  readonly before: AlertEntry;
  readonly after: AlertEntry;
  readonly changes: readonly FieldChange[];
}

export interface Changed {
  readonly key: string;
  readonly changes: readonly FieldChange[];
  /** Of a dashboard. */
  readonly panels?: readonly PanelChange[];
}

export interface SectionChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly Changed[];
  /** What was added, as it is; what was removed, as it was. Without dashboards, whose every panel would be here. */
  readonly entries: Section;
  /** Of routes: the same ones in another order match differently. */
  readonly reordered: boolean;
}

export interface Difference {
  readonly alerts: {
    readonly added: readonly AlertEntry[];
    readonly removed: readonly AlertEntry[];
    readonly changed: readonly AlertChange[];
  };
  readonly sections: Readonly<Partial<Record<SectionName, SectionChange>>>;
  readonly secrets: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly timeScale?: FieldChange;
}

/** Only what changed is in the result; where nothing did, `isEmpty` says so. */
export function compare(before: PlanDocument, after: PlanDocument): Difference {
  const sections: Partial<Record<SectionName, SectionChange>> = {};
  for (const name of SECTIONS) {
    const change = compareSection(name, before[name], after[name]);
    if (change) sections[name] = change;
  }
  const { timeScale } = after;
  return {
    alerts: compareAlerts(before.alerts, after.alerts),
    sections,
    secrets: {
      added: after.secrets.filter((name) => !before.secrets.includes(name)),
      removed: before.secrets.filter((name) => !after.secrets.includes(name)),
    },
    ...(before.timeScale === timeScale
      ? {}
      : { timeScale: { field: 'timeScale', before: before.timeScale, after: timeScale } }),
  };
}

export function isEmpty({ alerts, sections, secrets, timeScale }: Difference): boolean {
  const parts = [alerts.added, alerts.removed, alerts.changed, Object.keys(sections), secrets.added, secrets.removed];
  return parts.every((part) => part.length === 0) && timeScale === undefined;
}

type Alerts = PlanDocument['alerts'];

function compareAlerts(before: Alerts, after: Alerts): Difference['alerts'] {
  const changed: AlertChange[] = [];
  const added: AlertEntry[] = [];
  for (const [key, entry] of sorted(after)) {
    const old = before[key];
    const changes = old ? alertChanges(old, entry) : [];
    if (!old) added.push(entry);
    else if (changes.length > 0) changed.push({ key, before: old, after: entry, changes });
  }
  const removed = sorted(before).flatMap(([key, entry]) => (after[key] ? [] : [entry]));
  return { added, removed, changed };
}

const DIRECT = ['severity', 'window', 'for', 'keepFiringFor', 'engine'] as const;

function alertChanges(before: AlertEntry, after: AlertEntry): FieldChange[] {
  const limits = [before, after].map(({ threshold, op, unit }) => formatLimit(threshold, op, unit));
  const threshold =
    limits[0] === limits[1]
      ? []
      : [
          {
            field: 'threshold',
            before: limits[0] || null,
            after: limits[1] || null,
            ...firesOfThreshold(before, after),
          },
        ];
  const direct = DIRECT.filter((field) => before[field] !== after[field]).map((field): FieldChange => {
    const change = { field, before: before[field], after: after[field] };
    return field === 'for' ? { ...change, fires: after.for > before.for ? 'later' : 'earlier' } : change;
  });
  const expression =
    before.reading === after.reading ? [] : [{ field: 'expression', before: before.expr, after: after.expr }];
  // The severity is a label too.
  const { severity: _, ...labels } = before.labels;
  const { severity: __, ...labelsAfter } = after.labels;
  return [
    ...threshold,
    ...direct,
    ...expression,
    ...fieldChanges(labels, labelsAfter, 'labels.'),
    ...fieldChanges(before.annotations, after.annotations, 'annotations.'),
  ];
}

function firesOfThreshold(before: AlertEntry, after: AlertEntry): Pick<FieldChange, 'fires'> {
  if (before.threshold === null || after.threshold === null || before.unit !== after.unit || before.op !== after.op)
    return {};
  const rises = after.threshold > before.threshold;
  if (after.op?.startsWith('>')) return { fires: rises ? 'later' : 'earlier' };
  return after.op?.startsWith('<') ? { fires: rises ? 'earlier' : 'later' } : {};
}

function compareSection(name: SectionName, before: Section, after: Section): SectionChange | undefined {
  const added = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const changed = Object.entries(after).flatMap(([key, entry]): Changed[] => {
    const old = before[key];
    if (!old || isDeepStrictEqual(old, entry)) return [];
    return [
      { key, ...(name === 'dashboards' ? compareDashboards(old, entry) : { changes: fieldChanges(old, entry) }) },
    ];
  });
  const kept = (section: Section, other: Section) => Object.keys(section).filter((key) => Object.hasOwn(other, key));
  const reordered = name === 'routes' && !isDeepStrictEqual(kept(before, after), kept(after, before));
  if (added.length + removed.length + changed.length === 0 && !reordered) return undefined;
  const entries = name === 'dashboards' ? {} : { ...pick(after, added), ...pick(before, removed) };
  return { added, removed, changed, entries, reordered };
}

function pick(section: Section, keys: readonly string[]): Section {
  return Object.fromEntries(Object.entries(section).filter(([key]) => keys.includes(key)));
}

function sorted(alerts: Alerts): [string, AlertEntry][] {
  return Object.entries(alerts).sort(([a], [b]) => (a < b ? -1 : 1));
}

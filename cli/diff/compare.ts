/** What differs between two plan documents. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { formatLimit } from '../plan/alert.ts';
import { type AlertEntry, type PlanDocument, SECTIONS, type Section, type SectionName } from '../plan/document.ts';

export interface FieldChange {
  /** `threshold`, `labels.team`, `settings.slack.channel` */
  readonly field: string;
  /** `null` where there was nothing. */
  readonly before: unknown;
  readonly after: unknown;
  /** Whether the alert will now fire sooner or later than before, where that can be told. */
  readonly fires?: 'earlier' | 'later';
}

export interface AlertChange {
  readonly key: string;
  readonly before: AlertEntry;
  readonly after: AlertEntry;
  readonly changes: readonly FieldChange[];
}

export interface Changed {
  readonly key: string;
  readonly changes: readonly FieldChange[];
}

export interface SectionChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly Changed[];
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
    const change = compareSection(before[name], after[name], name === 'routes');
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

function compareSection(before: Section, after: Section, ordered: boolean): SectionChange | undefined {
  const added = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const changed = Object.entries(after).flatMap(([key, entry]): Changed[] => {
    const old = before[key];
    const changes = old ? fieldChanges(old, entry) : [];
    return changes.length > 0 ? [{ key, changes }] : [];
  });
  const kept = (section: Section, other: Section) => Object.keys(section).filter((key) => Object.hasOwn(other, key));
  const reordered = ordered && !isDeepStrictEqual(kept(before, after), kept(after, before));
  if (added.length + removed.length + changed.length === 0 && !reordered) return undefined;
  return { added, removed, changed, reordered };
}

/** Leaf by leaf; a list counts as one leaf. */
function fieldChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  prefix = '',
): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((key): FieldChange[] => {
    const [old, now] = [before[key] ?? null, after[key] ?? null];
    if (isDeepStrictEqual(old, now)) return [];
    if (isRecord(old) && isRecord(now)) return fieldChanges(old, now, `${prefix}${key}.`);
    return [{ field: `${prefix}${key}`, before: old, after: now }];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(alerts: Alerts): [string, AlertEntry][] {
  return Object.entries(alerts).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A difference as people read it: the same change in several networks once, values with units, texts apart from limits. */
import { formatLimit, formatSeconds } from '../plan/alert.ts';
import type { AlertEntry } from '../plan/document.ts';
import type { AlertChange, Difference } from './compare.ts';
import type { FieldChange } from './fields.ts';
import { type ViewedSection, viewSections } from './sections.ts';
import { type ViewedChange, viewField } from './values.ts';

export interface ViewedAlert {
  readonly alert: string;
  readonly severity: string;
  /** The networks, or `system`. */
  readonly owners: readonly string[];
  /** `< 0.5 ETH for 10m` */
  readonly when: string;
}

export interface ViewedAlertChange {
  readonly alert: string;
  readonly severity: string;
  readonly owners: readonly string[];
  readonly changes: readonly ViewedChange[];
}

export interface View {
  readonly added: readonly ViewedAlert[];
  readonly removed: readonly ViewedAlert[];
  readonly changed: readonly ViewedAlertChange[];
  /** Alerts of which only a text changed. */
  readonly texts: readonly ViewedAlert[];
  readonly sections: readonly ViewedSection[];
}

export function view({ alerts, sections, secrets, timeScale }: Difference): View {
  return {
    added: groupAlerts(alerts.added),
    removed: groupAlerts(alerts.removed),
    changed: groupChanges(alerts.changed.flatMap(withoutTexts)),
    texts: groupAlerts(alerts.changed.filter(({ changes }) => changes.every(isText)).map(({ after }) => after)),
    sections: [...viewSections(sections), ...secretsSection(secrets), ...timeSection(timeScale)],
  };
}

function isText({ field }: FieldChange): boolean {
  return field.startsWith('annotations.');
}

function withoutTexts(change: AlertChange): AlertChange[] {
  const changes = change.changes.filter((each) => !isText(each));
  return changes.length === 0 ? [] : [{ ...change, changes }];
}

function secretsSection({ added, removed }: Difference['secrets']): ViewedSection[] {
  if (added.length + removed.length === 0) return [];
  const things = (names: readonly string[]) => names.map((key) => ({ key, about: '' }));
  return [{ title: 'Secrets that are needed', added: things(added), removed: things(removed), changed: [], notes: [] }];
}

function timeSection(change: FieldChange | undefined): ViewedSection[] {
  if (!change) return [];
  const changed = [{ key: 'all rules', changes: [viewField(change)] }];
  return [{ title: 'Time', added: [], removed: [], changed, notes: [] }];
}

function groupAlerts(entries: readonly AlertEntry[]): ViewedAlert[] {
  const groups = Map.groupBy(entries, (entry) => `${entry.alert} ${entry.severity} ${whenOf(entry)}`);
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const { alert, severity } = first;
    return [{ alert, severity, owners: members.map((entry) => entry.owner), when: whenOf(first) }];
  });
}

function whenOf({ threshold, op, unit, ...entry }: AlertEntry): string {
  const held = formatSeconds(entry.for);
  const window = formatSeconds(entry.window);
  return [formatLimit(threshold, op, unit), window && `over ${window}`, held && `for ${held}`]
    .filter(Boolean)
    .join(' ');
}

function groupChanges(changes: readonly AlertChange[]): ViewedAlertChange[] {
  const viewed = changes.map(({ after, changes: fields }) => ({ after, changes: fields.map(viewField) }));
  const groups = Map.groupBy(viewed, ({ after, changes: fields }) => `${after.alert} ${JSON.stringify(fields)}`);
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const { alert, severity } = first.after;
    return [{ alert, severity, owners: members.map(({ after }) => after.owner), changes: first.changes }];
  });
}

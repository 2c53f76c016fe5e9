/** A difference as people read it: the same change in several networks once, values with units, texts apart from limits. */
import { formatDuration } from '../../config/duration.ts';
import { formatLimit, formatSeconds } from '../plan/alert.ts';
import type { AlertEntry, SectionName } from '../plan/document.ts';
import type { AlertChange, Changed, Difference, FieldChange } from './compare.ts';

export interface ViewedChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
  readonly fires?: 'earlier' | 'later';
}

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

export interface ViewedSection {
  readonly title: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly key: string; readonly changes: readonly ViewedChange[] }[];
  readonly notes: readonly string[];
}

export interface View {
  readonly added: readonly ViewedAlert[];
  readonly removed: readonly ViewedAlert[];
  readonly changed: readonly ViewedAlertChange[];
  /** Alerts of which only a text changed. */
  readonly texts: readonly ViewedAlert[];
  readonly sections: readonly ViewedSection[];
}

const TITLES: Readonly<Record<SectionName, string>> = {
  networks: 'Networks',
  routes: 'Routes',
  receivers: 'Receivers',
  muteTimes: 'Mute times',
  inhibitions: 'Inhibition',
  targets: 'Scrape targets',
  probes: 'Probes',
  recordings: 'Recording rules',
  dashboards: 'Dashboards',
  services: 'Services',
  prometheus: 'Prometheus',
};

export function view({ alerts, sections, secrets, timeScale }: Difference): View {
  const isText = ({ field }: FieldChange) => field.startsWith('annotations.');
  const limits = alerts.changed.flatMap((change) => {
    const changes = change.changes.filter((each) => !isText(each));
    return changes.length === 0 ? [] : [{ ...change, changes }];
  });
  const texts = alerts.changed.filter(({ changes }) => changes.every(isText));
  const listed = (Object.keys(TITLES) as SectionName[]).flatMap((name): ViewedSection[] => {
    const change = sections[name];
    if (!change) return [];
    const notes = change.reordered ? ['the order changed: the first that matches wins'] : [];
    const { added, removed } = change;
    return [
      { title: TITLES[name], added, removed, changed: change.changed.map((each) => viewChanged(name, each)), notes },
    ];
  });
  const extra: ViewedSection[] = [];
  if (secrets.added.length + secrets.removed.length > 0)
    extra.push({ title: 'Secrets that are needed', ...secrets, changed: [], notes: [] });
  if (timeScale)
    extra.push({
      title: 'Time',
      added: [],
      removed: [],
      changed: [{ key: 'all rules', changes: [viewField(timeScale)] }],
      notes: [],
    });
  return {
    added: groupAlerts(alerts.added),
    removed: groupAlerts(alerts.removed),
    changed: groupChanges(limits),
    texts: groupAlerts(texts.map(({ after }) => after)),
    sections: [...listed, ...extra],
  };
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

function viewChanged(section: SectionName, { key, changes }: Changed): ViewedSection['changed'][number] {
  if (section !== 'dashboards') return { key, changes: changes.map(viewField) };
  const shown = changes.filter(({ field }) => !field.startsWith('json.')).map(viewField);
  const panels = changes.find(({ field }) => field === 'json.panels');
  const inside = panels ? [panelChange(panels)] : [];
  const others = changes.some(({ field }) => field.startsWith('json.') && field !== 'json.panels');
  return {
    key,
    changes: [...shown, ...inside, ...(others ? [{ field: 'settings', before: '', after: 'changed' }] : [])],
  };
}

function panelChange({ before, after }: FieldChange): ViewedChange {
  const [old, now] = [titlesOf(before), titlesOf(after)];
  const gone = old.filter((title) => !now.includes(title));
  const fresh = now.filter((title) => !old.includes(title));
  if (gone.length + fresh.length === 0) return { field: 'panels', before: '', after: 'changed, the same titles' };
  return { field: 'panels', before: gone.join(', '), after: fresh.join(', ') };
}

function titlesOf(panels: unknown): string[] {
  if (!Array.isArray(panels)) return [];
  const list: readonly unknown[] = panels;
  return list.flatMap((panel) =>
    typeof panel === 'object' && panel !== null && 'title' in panel && typeof panel.title === 'string'
      ? [panel.title]
      : [],
  );
}

const SECONDS =
  /(^|\.)(window|for|keepFiringFor|group(Wait|Interval)|repeatInterval|interval|timeout|scrapeInterval|evaluationInterval|retention)$/;
const BYTES = /(^|\.)(storage|retentionSize)$/;

function viewField({ field, before, after, fires }: FieldChange): ViewedChange {
  const show = (value: unknown) => {
    if (value === null) return '';
    if (typeof value === 'number' && SECONDS.test(field)) return formatDuration(value);
    if (typeof value === 'number' && BYTES.test(field)) return formatBytes(value);
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  return { field, before: show(before), after: show(after), ...(fires ? { fires } : {}) };
}

function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 2 ** (10 * power)).toFixed(2))}${units[power]}`;
}

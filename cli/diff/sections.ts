/** What is not an alert, as people read it: routes, targets, dashboards, settings. */

import { count } from '../output.ts';
import type { SectionName } from '../plan/document.ts';
import type { Changed, SectionChange } from './compare.ts';
import type { PanelChange } from './dashboards.ts';
import type { FieldChange, Fields } from './fields.ts';
import { formatValue, type ViewedChange, viewField } from './values.ts';

export interface ViewedThing {
  readonly key: string;
  /** Of a route its receiver, of a target its address; empty where the key says all. */
  readonly about: string;
}

export interface ViewedSection {
  readonly title: string;
  readonly added: readonly ViewedThing[];
  readonly removed: readonly ViewedThing[];
  readonly changed: readonly { readonly key: string; readonly changes: readonly ViewedChange[] }[];
  readonly notes: readonly string[];
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

/** The field of a thing that says most of it, and how to say it. */
const ABOUT: Readonly<Partial<Record<SectionName, (entry: Fields) => string>>> = {
  networks: ({ chain, simulated }) => `${formatValue(chain)}${simulated === true ? ', simulated' : ''}`,
  routes: ({ receiver }) => `→ ${formatValue(receiver)}`,
  receivers: ({ channels }) => formatValue(channels),
  muteTimes: ({ times }) => formatValue(times),
  targets: ({ address }) => formatValue(address),
  probes: ({ url }) => formatValue(url),
  recordings: ({ expr }) => formatValue(expr),
};

/** In the order in which a reviewer wants them. */
export function viewSections(sections: Readonly<Partial<Record<SectionName, SectionChange>>>): ViewedSection[] {
  return (Object.keys(TITLES) as SectionName[]).flatMap((name) => {
    const change = sections[name];
    return change ? [viewSection(name, change)] : [];
  });
}

function viewSection(name: SectionName, { added, removed, changed, entries, reordered }: SectionChange): ViewedSection {
  const things = (keys: readonly string[]) => keys.map((key) => ({ key, about: aboutOf(name, entries[key]) }));
  return {
    title: TITLES[name],
    added: things(added),
    removed: things(removed),
    changed: name === 'dashboards' ? viewDashboards(changed) : changed.map((each) => viewChanged(name, each)),
    notes: reordered ? ['the order changed: the first that matches wins'] : [],
  };
}

function aboutOf(name: SectionName, entry: Fields | undefined): string {
  return entry === undefined ? '' : (ABOUT[name]?.(entry) ?? '');
}

function viewChanged(name: SectionName, { key, changes }: Changed): ViewedSection['changed'][number] {
  // The channels of a receiver are its settings in one line.
  const twice = name === 'receivers' && changes.some(({ field }) => field.startsWith('settings'));
  return { key, changes: changes.filter(({ field }) => !(twice && field === 'channels')).map(viewField) };
}

/** The same change in the dashboards of several networks is told once, with the queries of the first. */
function viewDashboards(changed: readonly Changed[]): ViewedSection['changed'] {
  const viewed = changed.map(({ key, changes, panels = [] }) => {
    const [owner = '', ...rest] = key.split('_');
    return {
      owner,
      name: rest.join('_'),
      changes: [...changes.map(viewField), ...panels.flatMap(viewPanel), ...viewAddresses(panels)],
    };
  });
  const groups = Map.groupBy(viewed, ({ owner, name, changes }) =>
    JSON.stringify([name, ...changes.map((change) => anonymous(JSON.stringify(change), owner))]),
  );
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const owners = members.map(({ owner }) => owner).join(', ');
    return [{ key: first.name === '' ? owners : `${first.name} of ${owners}`, changes: first.changes }];
  });
}

/** Without the name of the network, as a word of its own; also in an address, where `%3D` stands before it. */
function anonymous(text: string, owner: string): string {
  return text.replace(/%[0-9A-F]{2}|[A-Za-z0-9-]+/g, (word) => (word === owner ? '…' : word));
}

function viewPanel({ panel, change, changes }: PanelChange): ViewedChange[] {
  const field = `"${panel}"`;
  if (change !== 'changed') return [{ field, before: '', after: '', note: `panel ${change}` }];
  const shown = changes.some((each) => each.field === 'thresholds') ? changes.filter(isNoAxis) : changes;
  return shown
    .filter((each) => !isAddress(each))
    .map((each) => {
      const viewed = viewField(each);
      return each.field === 'title'
        ? { ...viewed, field: 'panel renamed' }
        : { ...viewed, field: `${field} ${each.field}`, ...unitOf(each.field, viewed) };
    });
}

/** Where a link leads, which moves for all panels at once. */
function isAddress({ field, before, after }: FieldChange): boolean {
  return field.startsWith('link.') && before !== null && after !== null;
}

function viewAddresses(panels: readonly PanelChange[]): ViewedChange[] {
  const moved = panels.filter(({ change, changes }) => change === 'changed' && changes.some(isAddress));
  if (moved.length === 0) return [];
  return [{ field: 'links', before: '', after: '', note: `of ${count(moved.length, 'panel')} lead elsewhere` }];
}

/** The axis follows the thresholds. */
function isNoAxis({ field }: { readonly field: string }): boolean {
  return !/^style\.axisSoft(Min|Max)$/.test(field);
}

/** Grafana's own names for units that it does not know: `suffix:blocks`. */
function unitOf(field: string, { before, after }: ViewedChange): Partial<ViewedChange> {
  const plain = (text: string) => text.replace(/^suffix: ?/, '');
  return field === 'unit' ? { before: plain(before), after: plain(after) } : {};
}

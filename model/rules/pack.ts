/** A rule pack: everything in `rules/<chain>/`, read and understood, as plain data. */
import { nearest, unknownName } from '../../config/faults.ts';
import type { AlertFacts, Severity } from '../../config/knowledge.ts';
import { parseUnit, type Unit, UnitError } from '../../config/units.ts';
import { findThreshold, findWindow, windowsOf, withThreshold } from '../promql/literals.ts';
import { oneLine } from '../promql/syntax.ts';
import { type Catalogue, parseCatalogue } from './catalogue.ts';
import { linesOf } from './lines.ts';
import { type AlertRule, RuleFileError, type RuleGroup, readRuleFile } from './ruleFile.ts';

/** The texts of one pack, by file name below `rules/<chain>/`: `alerts.yaml`, `metrics.yaml`, `runbooks/X.md`. */
export interface PackFiles {
  readonly chain: string;
  readonly files: ReadonlyMap<string, string>;
}

export interface Pack {
  readonly chain: string;
  readonly scope: 'network' | 'environment';
  /** Recording rules first: an alert may read what they record. */
  readonly groups: readonly RuleGroup[];
  readonly alerts: ReadonlyMap<string, AlertFacts>;
  readonly catalogue: Catalogue;
  /** Alert → Markdown. */
  readonly runbooks: ReadonlyMap<string, string>;
}

/** @throws RuleFileError with all faults of the pack */
export function parsePack(files: PackFiles): Pack {
  const { pack, faults } = readPack(files);
  if (faults.length > 0 || !pack) throw new RuleFileError(faults);
  return pack;
}

/** What could be read of a pack, nothing without its catalogue, and what is wrong with the rest: so that a check sees all of it at once. */
export interface ReadPack {
  readonly pack: Pack | undefined;
  readonly faults: readonly string[];
}

export function readPack({ chain, files }: PackFiles): ReadPack {
  const faults: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RuleFileError)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  };
  const read = (file: string) => {
    const text = files.get(file) ?? 'groups: []';
    const rules = readRuleFile(text, `rules/${chain}/${file}`);
    faults.push(...rules.faults);
    return rules.groups;
  };
  const groups = [...read('recording.yaml'), ...read('alerts.yaml')];
  const catalogue = attempt(() => readCatalogue(chain, files.get('metrics.yaml')));
  for (const name of repeated(groups.map((group) => group.name)))
    faults.push(`rules/${chain}: two groups are called ${name}`);
  const placeOf = (alert: string, within: readonly string[] = []) => {
    const lines = linesOf(files.get('alerts.yaml') ?? '');
    const rule = lines.rule(alert) ?? [];
    const key = within.at(-1);
    const line = key === undefined ? lines.at(rule) : lines.key([...rule, ...within.slice(0, -1)], key);
    return `rules/${chain}/alerts.yaml:${line ?? 1}`;
  };
  const alerts = new Map<string, AlertFacts>();
  for (const rule of groups.flatMap((group) => group.rules)) {
    if (rule.kind !== 'alert') continue;
    if (alerts.has(rule.name)) faults.push(`${placeOf(rule.name)}: ${rule.name} is defined twice`);
    const facts = attempt(() => alertFacts(rule, (within) => placeOf(rule.name, within)));
    if (facts) alerts.set(rule.name, facts);
  }
  if (!catalogue) return { pack: undefined, faults };
  return { pack: { chain, scope: catalogue.scope, groups, alerts, catalogue, runbooks: runbooksIn(files) }, faults };
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function readCatalogue(chain: string, text: string | undefined): Catalogue {
  const name = `rules/${chain}/metrics.yaml`;
  if (text === undefined) throw new RuleFileError([`${name} is missing; it lists the metrics that the chain emits`]);
  return parseCatalogue(text, name);
}

function runbooksIn(files: ReadonlyMap<string, string>): Map<string, string> {
  const pages = [...files].filter(([name]) => name.startsWith('runbooks/') && name.endsWith('.md'));
  return new Map(pages.map(([name, text]) => [name.slice('runbooks/'.length, -'.md'.length), text]));
}

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info', 'none'];

/** Said of every alert, and the only keys that its annotations may be misspelt from. */
const ANNOTATIONS = ['summary', 'description', 'unit', 'runbook_url'];

/** @param where of something in the rule; of the rule itself without */
function alertFacts(rule: AlertRule, where: (within?: readonly string[]) => string): AlertFacts {
  const { labels, annotations, name, expr } = rule;
  const severity = SEVERITIES.find((known) => known === labels.severity);
  const faults: string[] = [];
  if (labels.severity && !severity)
    faults.push(`${where(['labels', 'severity'])}: ${name}: ${unknownName('severity', labels.severity, SEVERITIES)}`);
  const lack = (part: 'labels' | 'annotations', wanted: readonly string[], said: Readonly<Record<string, string>>) => {
    const strays = Object.keys(said).filter((key) => !wanted.includes(key));
    const missing = wanted.filter((key) => !said[key]);
    const meant = new Map(missing.map((key) => [key, strays.find((stray) => nearest(stray, missing) === key)]));
    for (const [key, stray] of meant)
      if (stray !== undefined)
        faults.push(`${where([part, stray])}: ${name}: unknown key ${part}.${stray}; did you mean "${key}"?`);
    return missing.filter((key) => meant.get(key) === undefined).map((key) => `${part}.${key}`);
  };
  const missing = [
    ...lack('labels', ['severity', 'component', 'subject'], labels),
    ...lack('annotations', ANNOTATIONS, annotations),
  ].map((each) => (each === 'labels.severity' ? `${each} (critical, warning, info or none)` : each));
  if (missing.length > 0) faults.push(`${where()}: ${name} lacks ${missing.join(', ')}`);
  if (faults.length > 0 || !severity) throw new RuleFileError(faults);
  const unit = readUnit(annotations.unit ?? '', () => `${where(['annotations', 'unit'])}: ${name}`);
  const threshold = findThreshold(expr);
  const window = findWindow(expr);
  const windows = windowsOf(expr);
  return {
    name,
    component: labels.component ?? '',
    subject: labels.subject ?? '',
    severity,
    unit,
    // "up == 0" compares with a literal, yet there is no other that would make sense.
    ...(threshold?.op && Number.isFinite(threshold.value) && unit.dimension !== 'bool'
      ? { threshold: { value: threshold.value, op: threshold.op } }
      : {}),
    ...(window === undefined ? {} : { window }),
    ...(windows.length > 0 ? { shortestWindow: Math.min(...windows) } : {}),
    reading: oneLine(threshold ? withThreshold(expr, threshold, 0) : expr),
  };
}

function readUnit(name: string, where: () => string): Unit {
  try {
    return parseUnit(name);
  } catch (error) {
    if (error instanceof UnitError) throw new RuleFileError([`${where()}: ${error.message}`]);
    throw error;
  }
}

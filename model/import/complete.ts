/** A rule from elsewhere in the form of our rule files: what it lacks is filled in, as far as that can be guessed, and told. */
import { asComparison, numberAt } from '../promql/comparison.ts';
import { findThreshold } from '../promql/literals.ts';
import { parsePromql, textOf } from '../promql/syntax.ts';
import type { Catalogue } from '../rules/catalogue.ts';
import type { Rule } from '../rules/ruleFile.ts';
import { guessComponent, guessSeverity, guessUnit } from './guess.ts';
import type { Imported } from './types.ts';

export interface Completed {
  readonly from: Imported;
  readonly rule: Rule;
  /** What is wrong with what was there. */
  readonly faults: readonly string[];
  readonly notes: readonly string[];
  /** Whether the label `component` is a guess, or nothing at all. */
  readonly componentGuessed: boolean;
}

export interface Ways {
  readonly chain: string;
  /** That of the chain first, then those that it may read besides. */
  readonly catalogues: readonly Catalogue[];
  readonly components: ReadonlySet<string>;
  /** Names that are taken; those that are given are added. */
  readonly taken: Set<string>;
}

/** What stands where a person has to think. */
const TODO = 'todo';

export function complete(from: Imported, ways: Ways): Completed {
  const name = from.kind === 'recording' ? from.name : unusedName(alertName(from.name), ways.taken);
  if (from.kind === 'recording') {
    const rule: Rule = { kind: 'recording', name, expr: from.expr, labels: from.labels };
    return { from, rule, faults: [], notes: [], componentGuessed: false };
  }
  const faults: string[] = [];
  const notes: string[] = name === from.name ? [] : [`is called ${name} in the draft`];
  const { labels, missing: lackingLabels, componentGuessed } = labelsFor(from, name, ways, faults);
  const { annotations, missing: lackingTexts } = annotationsFor(from, name, ways, notes);
  const missing = [...lackingLabels, ...lackingTexts];
  if (missing.length > 0)
    faults.push(
      `lacks ${missing.map(([key]) => key).join(', ')}; the draft says ${missing.map(([key, value]) => `${key.split('.')[1]}: ${value}`).join(', ')}`,
    );
  const expr = marked(from.expr);
  const rule: Rule = {
    kind: 'alert',
    name,
    expr,
    for: from.for,
    keepFiringFor: from.keepFiringFor,
    labels,
    annotations,
  };
  return { from, rule, faults, notes, componentGuessed };
}

/** `High memory: 3+ nodes` → `HighMemory3Nodes`. */
export function alertName(title: string): string {
  if (/^[A-Za-z_]\w*$/.test(title)) return title;
  const words = title.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return /^[A-Za-z]/.test(name) ? name : `Alert${name}`;
}

function unusedName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}${number}`;
  taken.add(free);
  return free;
}

type Missing = [key: string, draft: string][];

function labelsFor(from: Imported, name: string, ways: Ways, faults: string[]) {
  const { severity = '', component = '', subject = '' } = from.labels;
  const missing: Missing = [];
  const meant = guessSeverity(severity) ?? 'warning';
  if (severity === '') missing.push(['labels.severity', meant]);
  else if (meant !== severity)
    faults.push(`has the severity "${severity}", which is none of critical, warning, info; the draft says ${meant}`);
  const said = [component, from.labels.job ?? '', from.labels.service ?? ''].filter((each) => each !== '');
  const guessed = guessComponent(from.expr, said, ways.catalogues, ways.components) ?? TODO;
  const known = ways.components.has(component);
  if (component === '') missing.push(['labels.component', guessed]);
  else if (!known)
    faults.push(`is about the component "${component}", which ${ways.chain} does not have; the draft says ${guessed}`);
  const about = subject === '' ? kebab(name) : subject;
  if (subject === '') missing.push(['labels.subject', about]);
  const labels = { ...from.labels, severity: meant, component: known ? component : guessed, subject: about };
  return { labels, missing, componentGuessed: !known };
}

function annotationsFor(from: Imported, name: string, { chain, catalogues }: Ways, notes: string[]) {
  const { summary = '', description = '', message = '', unit = '', runbook_url: page = '', ...rest } = from.annotations;
  const missing: Missing = [];
  const words = name === from.name ? kebab(name).replaceAll('-', ' ') : from.name;
  const said = (summary || message || words).trim();
  const short = said.split('\n')[0] ?? said;
  if (summary === '') missing.push(['annotations.summary', `"${short}"`]);
  const long = (description || message).trim() || `${TODO}: what {{ $value }} means, and the first thing to do.`;
  if (description === '') missing.push(['annotations.description', message === '' ? TODO : 'its message']);
  const guessed = unit || guessUnit(from.expr, catalogues);
  if (unit === '') missing.push(['annotations.unit', guessed]);
  const own = `/runbooks/${chain}/${name}`;
  if (page !== '' && page !== own)
    notes.push(`sends its readers to ${page}; here each alert has its page: rules/${chain}/runbooks/${name}.md`);
  const annotations = { summary: short, description: long, unit: guessed, runbook_url: own, ...rest };
  return { annotations, missing };
}

function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
}

/** Of several literals the outermost comparison has the one that is tuned; a comment on its line says so. */
function marked(expr: string): string {
  if (findThreshold(expr) || expr.includes('#')) return expr;
  const comparison = asComparison(parsePromql(expr).topNode.firstChild);
  if (!comparison || numberAt(expr, comparison.right) === undefined) return expr;
  const draft = `${textOf(expr, comparison.left)}\n${expr.slice(comparison.left.to).trim()} # threshold`;
  return findThreshold(draft) ? draft : expr;
}

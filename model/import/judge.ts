/** What is wrong with rules from elsewhere, by the catalogue of a chain and the same lint that our own packs pass. */
import type { Known } from '../knowledge.ts';
import { selectorsOf } from '../promql/selectors.ts';
import { parsePromql } from '../promql/syntax.ts';
import type { Catalogue, Metric } from '../rules/catalogue.ts';
import { formerAlerts, formerNamed, formerWords } from '../rules/former.ts';
import { lintAlert } from '../rules/lint/alert.ts';
import { findingsOf, type Ground } from '../rules/lint/expression.ts';
import { componentsOf } from '../rules/lint/known.ts';
import { groundOf, TARGET_LABELS } from '../rules/lint/pack.ts';
import { resultLabels } from '../rules/lint/resultLabels.ts';
import { lintWords } from '../rules/lint/words.ts';
import { type Pack, readPack } from '../rules/pack.ts';
import type { RuleGroup } from '../rules/ruleFile.ts';
import { type Completed, complete } from './complete.ts';
import { draftFiles } from './draft.ts';
import type { RoutedAlert } from './routes.ts';
import { isSaidOfTexts, remarksOfTexts } from './texts.ts';
import type { Gathered, Imported, Remark } from './types.ts';

export interface Judged {
  /** For the routes: what each alert's series may carry. */
  readonly routed: readonly RoutedAlert[];
  readonly chain: string;
  readonly completed: readonly Completed[];
  /** By file and line; those of the reading among them. */
  readonly remarks: readonly Remark[];
}

/** @param chain a pack that is known. @throws RuleFileError where that pack cannot be read */
export function judge({ rules, untranslated, remarks }: Gathered, chain: string, known: Known): Judged {
  const system = known.packs.get('system');
  const pack = known.packs.get(chain);
  if (!pack) throw new Error(`there is no pack ${chain}`);
  const recordings = rules.filter(({ kind }) => kind === 'recording');
  const catalogues = [
    withRecorded(pack.catalogue, recordings),
    ...(system && system !== pack ? [system.catalogue] : []),
  ];
  const components = componentsOf(known, chain);
  const ways = { chain, catalogues, components, taken: new Set<string>() };
  const completed = rules.map((rule) => complete(rule, ways));
  const old = formerAlerts(known.packs).filter((each) => each.chain === chain);
  const formerOf = (name: string) => [formerNamed(name, old) ?? []].flat().map(formerWords);
  const drafted = draftOf(pack, completed, catalogues);
  const ground = { ...groundOf(drafted, catalogues, { allComponents: allComponents(known) }), strict: true };
  const ofRules = completed.flatMap((each) => {
    const { from, rule, faults, notes, componentGuessed } = each;
    const say = (message: string, kind: Remark['kind'] = 'fault', at?: number): Remark => {
      const line = at === undefined ? from.line : from.lineAt(at);
      return { file: from.file, line, rule: from.name, message, kind };
    };
    // A short window is only too short for our compressed time: elsewhere it is in order.
    const ofExpression = [
      ...findingsOf(from.expr, ground).map(({ message, at }) =>
        say(message, message.startsWith('looks over ') ? 'note' : 'fault', at ?? 0),
      ),
      ...remarksOfTexts(from, ground),
    ];
    if (rule.kind === 'recording') return ofExpression;
    // What we have guessed is not what is wrong with the rule.
    const guessed = (message: string) =>
      (componentGuessed && message.startsWith('is about ')) ||
      (from.annotations.unit === undefined && message.startsWith('has the unit ')) ||
      (from.annotations.description === undefined && message.startsWith('has a description '));
    const ofAlert = lintAlert(rule, drafted, ground, components).filter((message) => !isSaidOfTexts(message));
    // Name and texts may say the same limit in two ways, which is one fault.
    const ofName = ofAlert.some((message) => message.startsWith('asks for ')) ? [] : lintWords(from.expr, [from.name]);
    const words = new Set([...ofAlert, ...ofName]);
    const same = pack.alerts.has(rule.name)
      ? [say(`is the name of an alert of ${chain}: see whether that one is enough`, 'note')]
      : formerOf(from.name).map((message) => say(message, 'note'));
    return [
      ...faults.map((message) => say(message)),
      ...ofExpression,
      ...[...words].filter((message) => !guessed(message)).map((message) => say(message)),
      ...notes.map((message) => say(message, 'note')),
      ...same,
    ];
  });
  const left = untranslated.map(
    ({ file, line, name, reason }): Remark => ({
      file,
      line,
      rule: name,
      message: `${reason}; the draft leaves it out`,
      kind: 'fault',
    }),
  );
  const routed = rules
    .filter(({ kind }) => kind === 'alert')
    .map((rule) => ({ rule, seriesLabels: seriesLabels(rule.expr, ground) }));
  return { chain, completed, routed, remarks: [...remarks, ...left, ...ofRules].sort(byPlace) };
}

/** Of series that nobody knows: what any target has, and what the expression itself speaks of. */
function seriesLabels(expr: string, { labelsOf }: Ground): ReadonlySet<string> {
  const labels = resultLabels(expr, parsePromql(expr).topNode, labelsOf);
  if (labels !== 'any') return labels;
  return new Set([
    ...TARGET_LABELS,
    ...selectorsOf(expr).flatMap(({ matchers }) => matchers.map(({ label }) => label)),
  ]);
}

function byPlace(a: Remark, b: Remark): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line;
}

function allComponents(known: Known): ReadonlySet<string> {
  return new Set(known.packs.names.flatMap((name) => [...componentsOf(known, name)]));
}

/** What the imported rules record themselves is known, too. */
function withRecorded(catalogue: Catalogue, recordings: readonly Imported[]): Catalogue {
  const made = recordings.map(
    ({ name }): Metric => ({
      name,
      type: 'gauge',
      labels: [],
      values: {},
      unit: '',
      help: 'recorded',
      source: 'imported',
      shared: false,
      synthetic: false,
      realTime: false,
      recorded: true,
      deprecated: false,
    }),
  );
  const metrics = new Map([...made.map((metric) => [metric.name, metric] as const), ...catalogue.metrics]);
  return { ...catalogue, metrics };
}

/** The draft as a pack, beside the recording rules that its chain has. */
function draftOf(
  pack: Pack,
  completed: readonly Completed[],
  [catalogue = pack.catalogue]: readonly Catalogue[],
): Pack {
  const files = draftFiles({ completed, untranslated: [], chain: pack.chain });
  const { alerts } = readPack({ chain: pack.chain, files: new Map([...files, ['metrics.yaml', EMPTY]]) }).pack ?? {
    alerts: new Map(),
  };
  const group: RuleGroup = { name: 'imported', rules: completed.map(({ rule }) => rule) };
  const own = pack.groups.filter(({ rules }) => rules.every(({ kind }) => kind === 'recording'));
  return { ...pack, catalogue, groups: [...own, group], alerts };
}

const EMPTY = 'chain: imported\nscope: network\nmetrics: []\n';

/** The routes of an Alertmanager's configuration, or of a notification policy of Grafana, that none of the imported alerts can take, and those that lead nowhere. */
import { nearest } from '../../config/faults.ts';
import { wholeMatch } from '../../config/regex.ts';
import type { Matcher, MatchOperator } from '../promql/selectors.ts';
import { unquote } from '../promql/syntax.ts';
import { Part, readDocuments, type SourceDocument } from './documents.ts';
import type { Imported, Remark } from './types.ts';

/** Whether a route takes an alert; `maybe` where it asks for a label that only a firing series has. */
type Answer = 'yes' | 'no' | 'maybe';

interface Route {
  readonly part: Part;
  readonly matchers: readonly Matcher[];
  readonly continues: boolean;
  readonly routes: readonly Route[];
}

export interface RoutedAlert {
  readonly rule: Imported;
  /** Labels that its series may have besides its own. */
  readonly seriesLabels: ReadonlySet<string>;
}

/** Whether it is the configuration of an Alertmanager, or a notification policy of Grafana. */
export function isRoutes(text: string, file: string): boolean {
  return readDocuments(text, file).documents.some((document) => treesOf(document).length > 0);
}

interface Tree {
  readonly root: Part;
  readonly of: 'alertmanager' | 'grafana';
  /** Absent where the file does not list them. */
  readonly receivers: readonly string[] | undefined;
}

/** Grafana's policy is a list in its files, one for each organisation, and the answer itself from its API. */
function treesOf(document: SourceDocument): Tree[] {
  const whole = Part.whole(document);
  if (whole.at('route').has('receiver')) {
    const receivers = whole.at('receivers').items.map((each) => each.at('name').text);
    return [{ root: whole.at('route'), of: 'alertmanager', receivers }];
  }
  const points = whole.at('contactPoints');
  const receivers = points.items.length === 0 ? undefined : points.items.map((each) => each.at('name').text);
  const policies = whole.at('policies').items.filter((each) => each.has('receiver'));
  if (policies.length > 0) return policies.map((root) => ({ root, of: 'grafana', receivers }));
  const isPolicy = whole.has('receiver') && (Array.isArray(whole.at('routes').value) || whole.has('group_by'));
  return isPolicy && !whole.has('alerts') ? [{ root: whole, of: 'grafana', receivers: undefined }] : [];
}

/** Never throws: what cannot be read is named. */
export function judgeRoutes(text: string, file: string, alerts: readonly RoutedAlert[]): Remark[] {
  const { documents, remarks } = readDocuments(text, file);
  const trees = documents.flatMap(treesOf);
  if (trees.length === 0 && remarks.length === 0) {
    const message = 'holds no routes: it is no configuration of an Alertmanager, and no notification policy of Grafana';
    return [{ file, line: 1, message, kind: 'fault' }];
  }
  return [...remarks, ...trees.flatMap((tree) => judgeTree(tree, file, alerts))];
}

function judgeTree({ root, of, receivers }: Tree, file: string, all: readonly RoutedAlert[]): Remark[] {
  const found: Remark[] = [];
  const say = (part: Part, message: string) => void found.push({ file, line: part.line, message, kind: 'fault' });
  const alerts = of === 'grafana' ? all.map(inGrafana) : all;
  const tree = readRoute(root, say, 0);
  const reached = new Set<Route>();
  for (const alert of alerts) walk(tree, alert, reached);
  const carried = new Set(alerts.flatMap(({ rule }) => Object.keys(rule.labels)));
  const visit = (route: Route, isRoot: boolean, above: boolean): void => {
    const { part } = route;
    const receiver = part.at('receiver').text;
    if (receiver !== '' && receivers && !receivers.includes(receiver)) {
      const near = nearest(receiver, receivers);
      say(
        part,
        `leads to the receiver "${receiver}", which is not there${near === undefined ? '' : `; did you mean "${near}"?`}`,
      );
    }
    const dead = !reached.has(route);
    // What stands below a dead route is dead with it, and said once.
    if (dead && above && !isRoot)
      say(part, `is a route that none of the ${alerts.length} alerts takes: ${describe(route, carried)}`);
    for (const child of route.routes) visit(child, false, above && !dead);
  };
  visit(tree, true, true);
  return found;
}

/** Grafana adds labels to each alert, by what its rule lies in. */
function inGrafana({ rule, seriesLabels }: RoutedAlert): RoutedAlert {
  return { rule, seriesLabels: new Set([...seriesLabels, 'grafana_folder', 'datasource_uid', 'ref_id']) };
}

const DEEPEST = 30;

function readRoute(part: Part, say: (part: Part, message: string) => void, depth: number): Route {
  const equal = Object.entries(part.at('match').texts).map(([label, value]): Matcher => ({ label, op: '=', value }));
  const patterns = Object.entries(part.at('match_re').texts).map(
    ([label, value]): Matcher => ({ label, op: '=~', value }),
  );
  const listed = part.at('matchers');
  const lines = Array.isArray(listed.value) ? listed.items : listed.text === '' ? [] : [listed];
  const triples = part.at('object_matchers').items.flatMap((each) => readTriple(each, say));
  const matchers = [...equal, ...patterns, ...lines.flatMap((line) => readMatchers(line, say)), ...triples];
  for (const { label, op, value } of matchers)
    if (op.endsWith('~') && !pattern(value)) say(part, `asks for ${label}${op}"${value}", which is no pattern`);
  const routes = depth >= DEEPEST ? [] : part.at('routes').items.map((each) => readRoute(each, say, depth + 1));
  return { part, matchers, continues: part.at('continue').value === true, routes };
}

/** `["severity", "=", "critical"]`, as Grafana writes them. */
function readTriple(part: Part, say: (part: Part, message: string) => void): Matcher[] {
  const [label, op, value] = part.items.map(({ text }) => text);
  const known = OPERATORS.find((each) => each === op);
  if (label !== undefined && known !== undefined && value !== undefined) return [{ label, op: known, value }];
  say(part, `has the matcher ${JSON.stringify(part.value)}, which cannot be read`);
  return [];
}

const OPERATORS: readonly MatchOperator[] = ['=', '!=', '=~', '!~'];

const MATCHER =
  /\s*(?:([A-Za-z_][\w:.-]*)|("(?:[^"\\]|\\.)*"))\s*(=~|!~|!=|=)\s*(?:("(?:[^"\\]|\\.)*")|([^,{}"\s]*))\s*(?:,|$)/y;

/** `severity="critical"`, `{a="b", c=~"d|e"}`, `severity = critical`. */
function readMatchers(line: Part, say: (part: Part, message: string) => void): Matcher[] {
  const text = line.text
    .trim()
    .replace(/^\{(.*)\}$/s, '$1')
    .trim();
  const matchers: Matcher[] = [];
  MATCHER.lastIndex = 0;
  while (MATCHER.lastIndex < text.length) {
    const found = MATCHER.exec(text);
    if (!found) {
      say(line, `has the matcher ${line.text || JSON.stringify(line.value)}, which cannot be read`);
      return matchers;
    }
    const [, plain, quoted, op = '=', value, bare = ''] = found;
    const label = plain ?? unquote(quoted ?? '""');
    matchers.push({ label, op: op as MatchOperator, value: value === undefined ? bare : unquote(value) });
  }
  return matchers;
}

function pattern(value: string): RegExp | undefined {
  try {
    return wholeMatch(value);
  } catch {
    return undefined;
  }
}

function walk(route: Route, alert: RoutedAlert, reached: Set<Route>): void {
  reached.add(route);
  for (const child of route.routes) {
    const answer = answerOf(child, alert);
    if (answer === 'no') continue;
    walk(child, alert, reached);
    if (answer === 'yes' && !child.continues) return;
  }
}

function answerOf({ matchers }: Route, alert: RoutedAlert): Answer {
  const answers = matchers.map((matcher) => matches(matcher, alert));
  return answers.includes('no') ? 'no' : answers.includes('maybe') ? 'maybe' : 'yes';
}

function matches({ label, op, value }: Matcher, { rule, seriesLabels }: RoutedAlert): Answer {
  const own = label === 'alertname' ? rule.name : Object.hasOwn(rule.labels, label) ? rule.labels[label] : undefined;
  if (own?.includes('{{') || (own === undefined && seriesLabels.has(label))) return 'maybe';
  const regex = op.endsWith('~') ? pattern(value) : undefined;
  if (op.endsWith('~') && !regex) return 'no';
  const equal = regex ? regex.test(own ?? '') : (own ?? '') === value;
  return equal === !op.startsWith('!') ? 'yes' : 'no';
}

function describe({ matchers }: Route, carried: ReadonlySet<string>): string {
  if (matchers.length === 0) return 'those before it take them all';
  const strange = matchers.map(({ label }) => label).filter((label) => label !== 'alertname' && !carried.has(label));
  const hint = strange.length === 0 ? '' : ` (no rule sets ${strange.join(', ')}; targets or external_labels may)`;
  return `${matchers.map(({ label, op, value }) => `${label}${op}"${value}"`).join(', ')}${hint}`;
}

/** The stages of a Grafana-managed rule as one expression of PromQL: queries, reductions, thresholds, math, classic conditions. */
import { formatDuration } from '../../config/duration.ts';
import type { Part } from './documents.ts';
import { compared, deciding, reduced, Untranslatable, type Value, wrapped } from './evaluate.ts';
import { mathAsPromql } from './math.ts';
import { faultOf } from './promql.ts';

export interface Translated {
  readonly expr: string;
  /** What becomes different, or was never as it seemed. */
  readonly notes: readonly string[];
  /** The first query, whose lines a person will look at. */
  readonly query: Part | undefined;
}

/** Of a dashboard, where nobody fills it in for an alert. */
const INTERVAL = '10m';
const CLASSIC = ['classic_conditions', 'classic_condition'];

/**
 * @param condition the stage that decides; the last one where it is empty
 * @param decides whether its value says if something fires; else it is recorded, 0 included
 * @throws Untranslatable, PromqlError
 */
export function stagesAsPromql(data: Part, condition: string, decides = true): Translated {
  const stages = new Map(data.items.map((stage) => [stage.at('refId', 'ref_id').text, stage]));
  const notes: string[] = [];
  const say = (message: string) => void (notes.includes(message) || notes.push(message));
  const queries: Part[] = [];
  const open = new Set<string>();
  const resolve = (ref: string): Value => {
    const stage = stages.get(ref);
    if (!stage) throw new Untranslatable(`refers to the stage ${ref || '""'}, which it does not have`);
    if (open.has(ref)) throw new Untranslatable(`refers to the stage ${ref} within that stage`);
    open.add(ref);
    const value = evaluate(stage, resolve, say, queries);
    open.delete(ref);
    return value;
  };
  const last = data.items.at(-1)?.at('refId', 'ref_id').text ?? '';
  const value = resolve(condition === '' ? last : condition);
  const expr = decides ? deciding(value, say) : value.expr;
  return { expr, notes, query: queries[0]?.at('model').at('expr') };
}

type Say = (message: string) => void;
type Resolve = (ref: string) => Value;

function evaluate(stage: Part, resolve: Resolve, say: Say, queries: Part[]): Value {
  const model = stage.at('model');
  const source = stage.at('datasourceUid', 'datasource_uid').text || model.at('datasource').at('uid').text;
  const type = model.at('type').text;
  if (source !== '__expr__' && source !== '-100' && model.at('datasource').at('type').text !== '__expr__') {
    queries.push(stage);
    return query(stage, say);
  }
  const of = () => resolve(model.at('expression').text.replace(/^\$\{?|\}$/g, ''));
  if (type === 'reduce') {
    const mode = model.at('settings').at('mode').text;
    if (mode === 'replaceNN') say('replaces what is no number by another, which PromQL does not');
    return reduced(of(), model.at('reducer').text);
  }
  if (type === 'threshold') return threshold(model, of(), say);
  if (type === 'math') return mathAsPromql(model.at('expression').text, resolve, say);
  if (CLASSIC.includes(type)) return classic(model, resolve, say);
  throw new Untranslatable(`has a stage of the type ${type === '' ? '""' : type}, for which PromQL has nothing`);
}

function query(stage: Part, say: Say): Value {
  const model = stage.at('model');
  const type = model.at('datasource').at('type').text;
  if (type !== '' && !type.includes('prometheus'))
    throw new Untranslatable(`asks a data source of the type ${type}, not Prometheus`);
  const expr = model.at('expr').text.trim();
  if (expr === '') throw new Untranslatable('asks its data source by something else than PromQL');
  const times = stage.at('relativeTimeRange', 'relative_time_range');
  const range = Math.max(0, Number(times.at('from').text) - Number(times.at('to').text)) || 600;
  const filled = expr
    .replace(/\$__rate_interval\b|\$__interval\b|\$\{__(?:rate_)?interval\}/g, (macro) => {
      say(`uses ${macro}, which no alert has; the draft says ${INTERVAL}`);
      return INTERVAL;
    })
    .replace(/\$__range\b|\$\{__range\}/g, formatDuration(range));
  const fault = faultOf(filled);
  if (fault) throw new Untranslatable(fault.reason);
  const instant = model.at('instant').value === true && model.at('range').value !== true;
  return { expr: filled, decides: false, ...(instant ? {} : { range }) };
}

function threshold(model: Part, of: Value, say: Say): Value {
  const [condition] = model.at('conditions').items;
  const evaluator = condition?.at('evaluator');
  if (!condition || !evaluator) throw new Untranslatable('has a threshold that says nothing');
  if (condition.has('unloadEvaluator'))
    say('goes on firing until another limit is passed, which PromQL does not: keepFiringFor comes near it');
  return compared(of, evaluator.at('type').text, listOf(evaluator.at('params')), say);
}

function listOf(part: Part): unknown[] {
  return part.items.map(({ value }) => value);
}

/** Each condition reduces a query and compares; they are joined one after the other, and no labels are left. */
function classic(model: Part, resolve: Resolve, say: Say): Value {
  const conditions = model.at('conditions').items;
  if (conditions.length === 0) throw new Untranslatable('has a classic condition that says nothing');
  const parts = conditions.map((condition) => {
    const evaluator = condition.at('evaluator');
    const value = reduced(
      resolve(condition.at('query').at('params').items[0]?.text ?? ''),
      condition.at('reducer').at('type').text,
    );
    const { expr } = compared(value, evaluator.at('type').text, listOf(evaluator.at('params')), say);
    return { expr, join: condition.at('operator').at('type').text === 'or' ? 'or' : 'and' };
  });
  say('is a classic condition, which is one alert for all series; the draft has one for each');
  const expr = parts
    .map((part) => part.expr)
    .reduce((left, right, index) => {
      const join = parts[index]?.join === 'or' ? 'or' : 'and on ()';
      return `${wrapped(left)} ${join} ${wrapped(right)}`;
    });
  return { expr, decides: true };
}

/** Prometheus rule files as data: `alerts.yaml` and `recording.yaml` of a pack, read strictly. */
import { z } from 'zod';
import { parseDuration } from '../../config/duration.ts';
import { strict, wording } from '../../config/fields.ts';
import { PromqlError, parsePromql } from '../promql/syntax.ts';
import { readYaml, YamlFault } from './readYaml.ts';
import { Report } from './report.ts';

export interface AlertRule {
  readonly kind: 'alert';
  readonly name: string;
  readonly expr: string;
  /** Seconds. */
  readonly for: number;
  /** Seconds. */
  readonly keepFiringFor: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly kind: 'recording';
  /** The metric it records: `level:metric:operation`. */
  readonly name: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type Rule = AlertRule | RecordingRule;

export interface RuleGroup {
  readonly name: string;
  /** Seconds; the stack's evaluation interval where absent. */
  readonly interval?: number;
  readonly rules: readonly Rule[];
}

/** Faults of rule files, each with file and line. A user who edits a rule sees them; they carry no stack trace. */
export class RuleFileError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      faults.length === 1
        ? String(faults[0])
        : `${faults.length} faults in rule files:\n${faults.map((f) => `  ${f}`).join('\n')}`,
    );
    this.name = 'RuleFileError';
    this.faults = faults;
  }
}

const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});
const text = z.string();
const texts = z.record(z.string(), text);
const alert = strict({
  alert: text.min(1, 'is empty'),
  expr: text.min(1, 'is empty'),
  for: duration.optional(),
  keep_firing_for: duration.optional(),
  labels: texts.default({}),
  annotations: texts.default({}),
});
const recording = strict({ record: text.min(1, 'is empty'), expr: text.min(1, 'is empty'), labels: texts.default({}) });
const group = strict({
  name: text.min(1, 'is empty'),
  interval: duration.optional(),
  rules: z.array(z.record(z.string(), z.unknown())).min(1, 'has no rule'),
});
const file = strict({ groups: z.array(z.unknown()) });

/** What could be read of a file, and what is wrong with the rest of it. */
export interface ReadRules {
  readonly groups: readonly RuleGroup[];
  /** Each with file and line. */
  readonly faults: readonly string[];
}

/**
 * @param name how messages call the file, e.g. `rules/op-stack/alerts.yaml`
 * @throws RuleFileError with all faults of the file
 */
export function parseRuleFile(text: string, name: string): RuleGroup[] {
  const { groups, faults } = readRuleFile(text, name);
  if (faults.length > 0) throw new RuleFileError(faults);
  return [...groups];
}

/** The same without throwing: so that one bad rule does not keep what is wrong with the others from sight. */
export function readRuleFile(text: string, name: string): ReadRules {
  const plain = attempt(() => content(text, name));
  if ('faults' in plain) return { groups: [], faults: plain.faults };
  const report = new Report(text, name);
  const parsed = file.safeParse(plain.value, { error: wording });
  if (!parsed.success) report.add(parsed.error, [], '');
  const listed = listIn(plain.value, 'groups');
  const groups = listed.flatMap((raw, index) => readGroup(raw, ['groups', index], report));
  return { groups, faults: report.faults };
}

function attempt<T>(read: () => T): { readonly value: T } | { readonly faults: readonly string[] } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof RuleFileError) return { faults: error.faults };
    throw error;
  }
}

function listIn(value: unknown, key: string): unknown[] {
  const list: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return Array.isArray(list) ? list : [];
}

function readGroup(raw: unknown, path: readonly PropertyKey[], report: Report): RuleGroup[] {
  const parsed = group.safeParse(raw, { error: wording });
  if (!parsed.success) report.add(parsed.error, path, `${path.join('.')}`);
  const rules = listIn(raw, 'rules').flatMap((rule, index) => readRule(rule, [...path, 'rules', index], report) ?? []);
  if (!parsed.success) return [];
  const { name, interval } = parsed.data;
  return [{ name, ...(interval === undefined ? {} : { interval }), rules }];
}

/** @throws RuleFileError for what is no YAML */
export function content(text: string, name: string): unknown {
  try {
    return readYaml(text, name);
  } catch (error) {
    if (error instanceof YamlFault) throw new RuleFileError(error.faults);
    throw error;
  }
}

const unnamed = z.custom<never>(
  () => false,
  'is neither an alert nor a recording rule: name it by "alert:" or "record:"',
);

function readRule(raw: unknown, path: readonly PropertyKey[], report: Report): Rule | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const named = ['alert', 'record'].find((key) => key in raw);
  const title = named === undefined ? 'a rule' : String(Reflect.get(raw, named));
  const schema = named === undefined ? unnamed : named === 'alert' ? alert : recording;
  const outcome = schema.safeParse(raw, { error: wording });
  // An expression that is there is looked at whatever else is wrong.
  const parses =
    'expr' in raw && typeof raw.expr === 'string' && raw.expr !== ''
      ? expressionParses(raw.expr, path, title, report)
      : true;
  if (!outcome.success) {
    report.add(outcome.error, path, title);
    return undefined;
  }
  if (!parses) return undefined;
  const rule = outcome.data;
  const expr = rule.expr.trim();
  if ('record' in rule) return { kind: 'recording', name: rule.record, expr, labels: rule.labels };
  const { labels, annotations } = rule;
  return {
    kind: 'alert',
    name: rule.alert,
    expr,
    for: rule.for ?? 0,
    keepFiringFor: rule.keep_firing_for ?? 0,
    labels,
    annotations,
  };
}

function expressionParses(expr: string, path: readonly PropertyKey[], title: string, report: Report): boolean {
  try {
    // Without the space around it, as it is kept: places are counted in that.
    parsePromql(expr.trim());
    return true;
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    report.promql(error, path, title);
    return false;
  }
}

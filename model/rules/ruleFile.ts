/** Prometheus rule files as data: `alerts.yaml` and `recording.yaml` of a pack, read strictly. */
import { z } from 'zod';
import { parseDuration } from '../../config/duration.ts';
import { PromqlError, parsePromql } from '../promql/syntax.ts';
import { lineOf, readYaml, YamlFault } from './readYaml.ts';

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
const texts = z.record(z.string(), z.string());
const alert = z.strictObject({
  alert: z.string().min(1),
  expr: z.string().min(1),
  for: duration.optional(),
  keep_firing_for: duration.optional(),
  labels: texts.default({}),
  annotations: texts.default({}),
});
const recording = z.strictObject({ record: z.string().min(1), expr: z.string().min(1), labels: texts.default({}) });
const group = z.strictObject({
  name: z.string().min(1),
  interval: duration.optional(),
  rules: z.array(z.record(z.string(), z.unknown())).min(1),
});
const file = z.strictObject({ groups: z.array(group) });

/**
 * @param name how messages call the file, e.g. `rules/op-stack/alerts.yaml`
 * @throws RuleFileError with all faults of the file
 */
export function parseRuleFile(text: string, name: string): RuleGroup[] {
  const faults: string[] = [];
  const at = (path: readonly PropertyKey[]) => `${name}${lineOf(text, path.slice(0, 4))}`;
  const parsed = file.safeParse(content(text, name));
  if (!parsed.success) {
    throw new RuleFileError(parsed.error.issues.map((i) => `${at(i.path)}: ${i.path.join('.')}: ${i.message}`));
  }
  const groups = parsed.data.groups.map((entry, groupIndex): RuleGroup => {
    const rules = entry.rules.flatMap((raw, index) => {
      const rule = readRule(raw, () => at(['groups', groupIndex, 'rules', index]), faults);
      return rule ? [rule] : [];
    });
    return { name: entry.name, ...(entry.interval === undefined ? {} : { interval: entry.interval }), rules };
  });
  if (faults.length > 0) throw new RuleFileError(faults);
  return groups;
}

/** @throws RuleFileError for what is no YAML */
export function content(text: string, name: string): unknown {
  try {
    return readYaml(text, name);
  } catch (error) {
    if (error instanceof YamlFault) throw new RuleFileError([error.message]);
    throw error;
  }
}

function readRule(raw: Readonly<Record<string, unknown>>, where: () => string, faults: string[]): Rule | undefined {
  const outcome = 'alert' in raw ? alert.safeParse(raw) : recording.safeParse(raw);
  const title = String(raw.alert ?? raw.record ?? 'a rule without "alert" or "record"');
  if (!outcome.success) {
    faults.push(
      ...outcome.error.issues.map((issue) => `${where()}: ${title}: ${issue.path.join('.')} ${issue.message}`),
    );
    return undefined;
  }
  const rule = outcome.data;
  try {
    parsePromql(rule.expr);
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    faults.push(`${where()}: ${title}: ${error.message}`);
    return undefined;
  }
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

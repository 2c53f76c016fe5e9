/** The rules of both sides: out of plans, or out of a file. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { RecordedSeries, Side, TriedRule } from '../../model/backtest/rules.ts';
import { makePlan } from '../../model/plan/plan.ts';
import { content, parseRuleFile } from '../../model/rules/ruleFile.ts';
import { CliError } from '../errors.ts';
import { loadKnown, parseStackText, stackFileName } from '../loadStack.ts';
import { makeDocument, type PlanDocument } from '../plan/document.ts';
import { tooFast } from './stack.ts';

/** Prometheus' own default. */
const INTERVAL = 60;

const settingsShape = z.object({ evaluationInterval: z.number().positive() });
const recordingShape = z.object({ expr: z.string(), labels: z.record(z.string(), z.string()) });

/** @throws CliError where the plan's time is not that of history */
export function sideOf(document: PlanDocument): Side {
  if (document.timeScale !== 1) throw tooFast(document.stack, document.timeScale);
  const settings = settingsShape.safeParse(document.prometheus.settings);
  const rules = Object.values(document.alerts).map(
    ({ owner, alert, severity, expr, promql, interval, labels, ...entry }): TriedRule => ({
      ...{ owner, alert, severity, labels, for: entry.for, keepFiringFor: entry.keepFiringFor },
      ...(interval === undefined ? {} : { interval }),
      expr: promql ?? withoutMarkers(expr),
    }),
  );
  const recordings = Object.entries(document.recordings).flatMap(([key, value]): RecordedSeries[] => {
    const entry = recordingShape.safeParse(value);
    const [, owner, name] = /^([^/]+)\/(\S+)/.exec(key) ?? [];
    if (!entry.success || owner === undefined || name === undefined) return [];
    return [{ owner, name, labels: entry.data.labels, expr: withoutMarkers(entry.data.expr) }];
  });
  return { rules, recordings, interval: settings.success ? settings.data.evaluationInterval : INTERVAL };
}

/** Older plans have an expression in one line, in which our own marks are comments that would swallow what follows. */
function withoutMarkers(expr: string): string {
  return expr.replaceAll(/# (threshold|window)( |$)/g, '');
}

/** The rules of a stack file or a plain rule file; `undefined` where there is no such file. @throws CliError, ConfigError, RuleFileError */
export function sideOfFile(path: string, cwd: string, stack: string, head: () => Side): Side | undefined {
  const place = resolve(cwd, path);
  if (!statSync(place, { throwIfNoEntry: false })?.isFile()) {
    if (!/\.(ya?ml|json|rules)$/i.test(path)) return undefined;
    throw new CliError(`there is no file ${place}`, { remedy: 'name a stack file, a rule file or a revision' });
  }
  const text = readFileSync(place, 'utf8');
  const read = content(text, path);
  if (typeof read !== 'object' || read === null) throw neither(path);
  if ('groups' in read) return sideOfRules(text, path, head());
  if (!('config' in read)) throw neither(path);
  const known = loadKnown();
  try {
    const parsed = parseStackText(text, stack, known);
    const plan = makePlan({ ...parsed, prometheus: { ...parsed.prometheus, timeScale: 1 } }, known);
    return sideOf(makeDocument(plan, parsed.prometheus.timeScale));
  } catch (error) {
    // What is wrong with it is told of the file that was named.
    if (error instanceof Error) error.message = error.message.replaceAll(stackFileName(stack), path);
    throw error;
  }
}

function neither(path: string): CliError {
  return new CliError(`${path} is neither a stack file nor a rule file`, {
    remedy: 'name a revision, a Pulumi.<stack>.yaml, or a Prometheus rule file (groups: …)',
  });
}

function sideOfRules(text: string, path: string, { interval }: Side): Side {
  const groups = parseRuleFile(text, path);
  const rules = groups.flatMap((group) =>
    group.rules.flatMap((rule): TriedRule[] =>
      rule.kind === 'alert'
        ? [
            {
              ...{ alert: rule.name, severity: rule.labels.severity ?? '', expr: rule.expr, labels: rule.labels },
              ...{ for: rule.for, keepFiringFor: rule.keepFiringFor },
              ...(group.interval === undefined ? {} : { interval: group.interval }),
            },
          ]
        : [],
    ),
  );
  if (rules.length === 0) throw new CliError(`${path} holds no alert`, { remedy: 'name a rule file with alerts' });
  const recordings = groups.flatMap((group) =>
    group.rules.flatMap(({ kind, name, expr, labels }): RecordedSeries[] =>
      kind === 'recording' ? [{ name, expr, labels }] : [],
    ),
  );
  return { rules, recordings, interval };
}

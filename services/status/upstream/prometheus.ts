import { z } from 'zod';
import { type Asked, ask } from './ask.ts';

const labels = z.record(z.string(), z.string());
/** RFC 3339; the year 1 stands for "never". */
const time = z.string().transform((text) => {
  const at = Date.parse(text);
  return Number.isNaN(at) || at < 0 ? null : at;
});

const alert = z.object({
  labels,
  annotations: labels.default({}),
  state: z.enum(['firing', 'pending', 'inactive']).catch('inactive'),
  /** Since when the expression holds. */
  activeAt: time,
});

const rule = z.object({
  name: z.string(),
  labels: labels.default({}),
  annotations: labels.default({}),
  health: z.string(),
  lastError: z.string().default(''),
  alerts: z.array(alert).default([]),
});

const group = z.object({
  name: z.string(),
  /** Seconds. */
  interval: z.number(),
  lastEvaluation: time,
  rules: z.array(rule),
});

const target = z.object({
  labels,
  health: z.enum(['up', 'down', 'unknown']).catch('unknown'),
  lastError: z.string().default(''),
  lastScrape: time,
});

const rulesAnswer = z.object({ data: z.object({ groups: z.array(group) }) });
const targetsAnswer = z.object({ data: z.object({ activeTargets: z.array(target) }) });

export type RuleGroup = z.output<typeof group>;
export type Rule = z.output<typeof rule>;
export type Alert = z.output<typeof alert>;
export type Target = z.output<typeof target>;

/** The alerting rules with the alerts that each has now. */
export async function readRules(base: string): Promise<Asked<readonly RuleGroup[]>> {
  const answer = await ask('Prometheus', `${base}/api/v1/rules?type=alert`, rulesAnswer);
  return answer.ok ? { ok: true, value: answer.value.data.groups } : answer;
}

/** The targets that are scraped. */
export async function readTargets(base: string): Promise<Asked<readonly Target[]>> {
  const answer = await ask('Prometheus', `${base}/api/v1/targets?state=active`, targetsAnswer);
  return answer.ok ? { ok: true, value: answer.value.data.activeTargets } : answer;
}

const vectorAnswer = z.object({
  data: z.object({
    result: z.array(z.object({ metric: labels, value: z.tuple([z.number(), z.string()]) })),
  }),
});

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** @param query PromQL that gives an instant vector */
export async function readVector(base: string, query: string): Promise<Asked<readonly Sample[]>> {
  const answer = await ask('Prometheus', `${base}/api/v1/query?query=${encodeURIComponent(query)}`, vectorAnswer);
  if (!answer.ok) return answer;
  const { result } = answer.value.data;
  return { ok: true, value: result.map(({ metric, value: [, text] }) => ({ labels: metric, value: Number(text) })) };
}

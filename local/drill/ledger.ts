/** When each alert was last seen to work in a drill, and by which rule: a rule that has changed since is not proven any more. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { metricsOf } from '../../model/promql/selectors.ts';
import type { AlertRule, Rule } from '../../model/rules/ruleFile.ts';
import { writing } from '../storage.ts';

const proof = z.strictObject({
  /** RFC 3339. */
  at: z.string(),
  /** Of the rule as it was then. */
  fingerprint: z.string(),
  /** `<chain>/<fault>` that led to it. */
  fault: z.string(),
});
const schema = z.strictObject({ version: z.literal(1), alerts: z.record(z.string(), proof) });
export type Proof = z.output<typeof proof>;

/** `<pack>/<alert>` → its last proof. */
export type Ledger = ReadonlyMap<string, Proof>;

/** What `rules list` says of an alert. `changed`: proven, but the rule was another one then. */
export type Standing =
  | { readonly state: 'proven' | 'changed'; readonly at: string; readonly fault: string }
  | { readonly state: 'never' };

/** Beside the folders of the runs, so that it outlives them. */
export function ledgerFile(project: string): string {
  return resolve(project, '.chainwatch', 'proven.json');
}

/** Empty where there is none yet, or where it cannot be understood: then nothing is proven. */
export function readLedger(project: string): Ledger {
  try {
    return new Map(Object.entries(schema.parse(JSON.parse(readFileSync(ledgerFile(project), 'utf8'))).alerts));
  } catch {
    return new Map();
  }
}

/** Changes what is known already. Whole or not at all. @throws CliError where it cannot be written */
export function recordProofs(project: string, proven: Ledger, disproved: ReadonlySet<string>): void {
  const file = ledgerFile(project);
  const before = [...readLedger(project)].filter(([name]) => !disproved.has(name));
  const all = new Map([...before, ...proven]);
  const alerts = Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
  writing(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify({ version: 1, alerts }, undefined, 2)}\n`);
    renameSync(draft, file);
  });
}

export function standingOf(ledger: Ledger, name: string, fingerprint: string): Standing {
  const known = ledger.get(name);
  if (known === undefined) return { state: 'never' };
  const { at, fault } = known;
  return { state: known.fingerprint === fingerprint ? 'proven' : 'changed', at, fault };
}

/**
 * Of all that decides whether an alert fires: its expression with its limit, its times, and what it reads of recording rules. Neither
 * comments nor spaces nor texts for people count.
 * @param rules those of its pack
 */
export function fingerprintOf({ expr, for: holds, keepFiringFor }: AlertRule, rules: readonly Rule[]): string {
  const parts = [plain(expr), String(holds), String(keepFiringFor), ...recordedIn(expr, rules)];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

function recordedIn(expr: string, rules: readonly Rule[], above: readonly string[] = []): string[] {
  const read = metricsOf(expr).filter((name) => !above.includes(name));
  return rules
    .filter(({ kind, name }) => kind === 'recording' && read.includes(name))
    .flatMap(({ name, expr: own }) => [`${name} ${plain(own)}`, ...recordedIn(own, rules, [...above, name])])
    .sort();
}

function plain(expr: string): string {
  return expr
    .replaceAll(/#[^\n"]*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

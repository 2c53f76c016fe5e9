/** Alerts of set-ups that a pack replaces, by the names that they had there: `rules/<chain>/former.yaml`. */
import { z } from 'zod';
import { strict, wording } from '../../config/fields.ts';
import type { Packs } from '../knowledge.ts';
import { linesOf } from './lines.ts';
import { content, RuleFileError } from './ruleFile.ts';

export const FORMER_FILE = 'former.yaml';

const former = strict({
  name: z.string().min(1),
  now: z.array(z.string().min(1)).describe('alerts of this pack or of system; none where nothing takes its place'),
  why: z.string().min(1),
});

export interface FormerAlert extends Readonly<z.infer<typeof former>> {
  /** The pack that replaces its set-up. */
  readonly chain: string;
}

/** @returns none where the pack has no such file. @throws RuleFileError with all faults */
export function parseFormer(text: string | undefined, chain: string): FormerAlert[] {
  if (text === undefined) return [];
  const name = `rules/${chain}/${FORMER_FILE}`;
  const outcome = z.array(former).safeParse(content(text, name), { error: wording });
  if (outcome.success) return outcome.data.map((each) => ({ ...each, chain }));
  const lines = linesOf(text);
  throw new RuleFileError(
    outcome.error.issues.map(({ path, message }) => `${name}:${lines.at(path) ?? 1}: ${path.join('.')}: ${message}`),
  );
}

/** Those of every pack, sorted by pack, as their files have them. @throws RuleFileError */
export function formerAlerts(packs: Packs): FormerAlert[] {
  return packs.names.flatMap((chain) => parseFormer(packs.filesOf(chain).get(FORMER_FILE), chain));
}

/** By name, however it is written: `gasOracleStale`, `chain/GasOracleStale`. */
export function formerNamed(name: string, all: readonly FormerAlert[]): FormerAlert | undefined {
  const asked = name.toLowerCase();
  return all.find((each) => [each.name, `${each.chain}/${each.name}`].some((known) => known.toLowerCase() === asked));
}

/** After a name or "it": `is RpcEndpointDown now: a script pushed it` */
export function formerWords({ now, why }: FormerAlert): string {
  return now.length === 0 ? `was dropped, and no alert takes its place: ${why}` : `is ${listed(now)} now: ${why}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What is wrong with the table of a pack. @param alerts of the pack and of `system` */
export function lintFormer(all: readonly FormerAlert[], alerts: ReadonlySet<string>): string[] {
  const names = all.map(({ name }) => name);
  return [
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is listed twice`),
    ...all.filter(({ name }) => alerts.has(name)).map(({ name }) => `${name} is an alert still`),
    ...all.flatMap(({ name, now }) =>
      now.filter((each) => !alerts.has(each)).map((each) => `${name} is said to be ${each} now, which is no alert`),
    ),
  ];
}

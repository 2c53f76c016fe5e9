/** What a Prometheus has of a stretch of time: since when there is data, and whether a series was there all the time. */
import { selectorsOf } from '../../model/promql/selectors.ts';
import { children, findAll, parsePromql, textOf } from '../../model/promql/syntax.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import { iso } from '../moment.ts';
import type { Prometheus } from './prometheus.ts';
import type { Stretch } from './times.ts';

/** Looks at so many moments of a stretch. */
const MOMENTS = 200;
/** A series that is scraped or recorded is missing for a restart now and then. */
const NEARLY_ALL = 0.98;

/** Seconds between the moments that are looked at. */
export function looksEvery({ from, to }: Stretch): number {
  return Math.max(60, Math.ceil((to - from) / MOMENTS));
}

/** In which of the moments a selector finds anything. */
export async function seen(prometheus: Prometheus, selector: string, stretch: Stretch): Promise<number[]> {
  const found = await prometheus.ask({
    expr: `count(${selector})`,
    start: stretch.from,
    end: stretch.to,
    step: looksEvery(stretch),
  });
  return found.flatMap(({ times }) => times);
}

export async function isSteady(prometheus: Prometheus, selector: string, { from, to }: Stretch): Promise<boolean> {
  const moments = Math.floor((to - from) / looksEvery({ from, to })) + 1;
  return (await seen(prometheus, selector, { from, to })).length >= NEARLY_ALL * moments;
}

/** Each selector of an expression, with its matchers. */
export function selectorTexts(expr: string): string[] {
  if (selectorsOf(expr).length === 0) return [];
  return [
    ...new Set(
      findAll(parsePromql(expr).topNode, 'VectorSelector').map((node) =>
        // Without comments, which may stand between matchers.
        children(node).length === 0 ? textOf(expr, node) : textOf(expr, node).replaceAll(/\s*#[^\n]*\n\s*/g, ' '),
      ),
    ),
  ];
}

/**
 * The first moment with data, as exactly as it is worth; data of any kind.
 * @throws CliError where there is none, saying when there is
 */
export async function dataSince(
  prometheus: Prometheus,
  stretch: Stretch,
  selectors: readonly string[],
  now: number,
): Promise<number> {
  for (const selector of ['up', ...selectors]) {
    const [first] = await seen(prometheus, selector, stretch);
    if (first === undefined) continue;
    const every = looksEvery(stretch);
    if (first - every < stretch.from) return first;
    const [exact = first] = await seen(prometheus, selector, { from: first - every, to: first });
    return exact;
  }
  const later = stretch.to < now ? await seen(prometheus, 'up', { from: stretch.to, to: now }) : [];
  const range = `between ${iso(stretch.from)} and ${iso(stretch.to)}`;
  if (later[0] !== undefined)
    throw new CliError(`${prometheus.url} has no data ${range}: what it keeps begins at ${iso(later[0])}`, {
      exitCode: exitCodes.failed,
      remedy: `choose a later --from, or a Prometheus with a longer retention`,
    });
  throw new CliError(`${prometheus.url} has no data ${range}: nothing that these rules read, and no "up"`, {
    exitCode: exitCodes.failed,
    remedy: 'see whether it is the Prometheus that scrapes these networks',
  });
}

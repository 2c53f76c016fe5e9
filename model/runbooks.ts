/**
 * Links to runbooks. In the plan they are paths (`/runbooks/<chain>/<alert>`): where a person reaches the pages is known only when
 * the plan is rendered, unless the stack file says it.
 */
import type { Places } from './places.ts';
import type { Plan } from './plan/plan.ts';

const ROOT = '/runbooks/';

export function runbookPath(chain: string, alert: string): string {
  return `${ROOT}${chain}/${alert}`;
}

/**
 * What stands before the paths: what the stack file says, else our status service. Empty, so that paths stay paths, without either.
 * @param places undefined where nothing of ours runs
 */
export function runbookBase(
  { runbookBase: said, services }: Pick<Plan, 'runbookBase' | 'services'>,
  places: Places | undefined,
): string {
  const served = services.some(({ name }) => name === 'status');
  return (said ?? (served && places ? places.publicUrl('status') : '')).replace(/\/+$/, '');
}

/** A link to a runbook with the base before it; any other address as it is. */
export function runbookUrl(url: string, base: string): string {
  return url.startsWith(ROOT) ? `${base}${url}` : url;
}

export function placeAnnotations(annotations: Readonly<Record<string, string>>, base: string): Record<string, string> {
  const { runbook_url: url } = annotations;
  return url === undefined ? { ...annotations } : { ...annotations, runbook_url: runbookUrl(url, base) };
}

/** The same of anything that will be JSON: dashboards, rules of Grafana. Only where an address is expected, never in a text. */
export function placeLinks(value: unknown, base: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // Copied only where a link is: most of a dashboard has none.
  let placed = value;
  for (const [key, inner] of Object.entries(value)) {
    const link = typeof inner === 'string' && (key === 'url' || key === 'runbook_url');
    const outer: unknown = link ? runbookUrl(inner, base) : placeLinks(inner, base);
    if (outer === inner) continue;
    if (placed === value) placed = Array.isArray(value) ? [...value] : { ...value };
    Reflect.set(placed, key, outer);
  }
  return placed;
}

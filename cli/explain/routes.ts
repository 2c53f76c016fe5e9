/** Every route that Alertmanager looks at for an alert, in its order, with what decided. Its result is that of `decide`; a test compares. */
import { type Labels, matches } from '../../model/alertmanager/explain.ts';
import type { AlertMatcher, AlertRoute } from '../../model/alertmanager/types.ts';

export interface TracedMatcher {
  readonly matcher: AlertMatcher;
  /** What the alert has; empty where it lacks the label. */
  readonly actual: string;
  readonly matches: boolean;
}

export interface TracedRoute {
  readonly route: AlertRoute;
  /** Counted from 1, from the top: `[5, 2]` is the second route below the fifth. The root has none. */
  readonly path: readonly number[];
  readonly matchers: readonly TracedMatcher[];
  /** `acts`: its receiver is told. `passes`: a route below it acts. `skipped`: one before it matched and did not let it go on. */
  readonly outcome: 'acts' | 'passes' | 'differs' | 'skipped';
}

/** Depth first, as Alertmanager walks. */
export function traceRoutes(root: AlertRoute, labels: Labels): TracedRoute[] {
  return trace(root, labels, []);
}

function trace(route: AlertRoute, labels: Labels, path: readonly number[]): TracedRoute[] {
  const matchers = route.matchers.map((matcher) => ({
    matcher,
    actual: labels[matcher.label] ?? '',
    matches: matches(matcher, labels),
  }));
  if (!matchers.every((matcher) => matcher.matches)) return [{ route, path, matchers, outcome: 'differs' }];
  const below: TracedRoute[] = [];
  let [taken, closed] = [false, false];
  for (const [index, child] of route.routes.entries()) {
    const here = [...path, index + 1];
    if (closed) {
      below.push({ route: child, path: here, matchers: [], outcome: 'skipped' });
      continue;
    }
    const steps = trace(child, labels, here);
    below.push(...steps);
    const matched = steps[0]?.outcome !== 'differs';
    taken ||= matched;
    closed = matched && !child.continue;
  }
  return [{ route, path, matchers, outcome: taken ? 'passes' : 'acts' }, ...below];
}

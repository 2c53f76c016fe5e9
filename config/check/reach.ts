/**
 * Which routes no alert ever ends at or passes: because none has all that a route asks for at once, or because routes before it, which do
 * not continue, take every one. As Alertmanager walks the tree: among siblings the first that matches takes the alert.
 */
import type { Path } from '../faults.ts';
import type { Route } from '../notifications.ts';
import { wholeMatch } from '../regex.ts';
import type { Carried, Values } from './alertLabels.ts';

export interface Unreached {
  readonly path: Path;
  /** Of this route and those above it. */
  readonly asks: readonly Matcher[];
  /** Where some alert would match: paths of the routes that take it before. */
  readonly takenBy: readonly Path[];
}

export interface Matcher {
  readonly label: string;
  /** Whether the text is a pattern. */
  readonly pattern: boolean;
  readonly values: readonly string[];
  readonly matches: (value: string) => boolean;
}

interface Taker {
  readonly path: Path;
  readonly asks: readonly Matcher[];
}

/** The outermost ones. @param skip routes of which something else is said already, with all below */
export function unreachedRoutes(
  routes: readonly Route[],
  root: Path,
  alerts: readonly Carried[],
  skip: (path: Path) => boolean = () => false,
): Unreached[] {
  const kinds = distinct(alerts, labelsIn(routes));
  const visit = (
    list: readonly Route[],
    at: Path,
    above: readonly Matcher[],
    before: readonly Taker[],
  ): Unreached[] => {
    const takers = [...before];
    return list.flatMap((route, index) => {
      const path = [...at, index];
      const own = matchersOf(route);
      const asks = [...above, ...own];
      const found = skip(path) ? [] : unreached(kinds, asks, takers, path);
      const inner = found.length > 0 || skip(path) ? [] : visit(route.routes, [...path, 'routes'], asks, takers);
      if (!route.continue) takers.push({ path, asks: own });
      return [...found, ...inner];
    });
  };
  return visit(routes, root, [], []);
}

function unreached(
  kinds: readonly Carried[],
  asks: readonly Matcher[],
  takers: readonly Taker[],
  path: Path,
): Unreached[] {
  const taking = new Set<Taker>();
  for (const kind of kinds) {
    const found = takersOf(kind, asks, takers);
    if (found === 'reaches') return [];
    for (const taker of found) taking.add(taker);
  }
  return [{ path, asks, takenBy: takers.filter((taker) => taking.has(taker)).map((taker) => taker.path) }];
}

/** More are not tried: such a route is taken to be reached. */
const MAX_TRIED = 500;
/** A value that is not known beyond that it matches what the route asks. */
const UNKNOWN = Symbol('unknown');
type Tried = ReadonlyMap<string, string | typeof UNKNOWN>;

/** @returns who takes such alerts; nobody where none matches */
function takersOf(carried: Carried, asks: readonly Matcher[], takers: readonly Taker[]): readonly Taker[] | 'reaches' {
  const options = new Map<string, readonly (string | typeof UNKNOWN)[]>();
  const labels = new Set([...asks, ...takers.flatMap((taker) => taker.asks)].map(({ label }) => label));
  for (const label of labels) {
    const asked = asks.filter((matcher) => matcher.label === label);
    const possible = valuesFor(carried(label), asked);
    if (possible.length === 0) return [];
    options.set(label, possible);
  }
  let tried: Tried[] = [new Map()];
  for (const [label, values] of options) {
    tried = tried.flatMap((one) => values.map((value): Tried => new Map([...one, [label, value]])));
    if (tried.length > MAX_TRIED) return 'reaches';
  }
  const found: Taker[] = [];
  for (const one of tried) {
    const taker = takers.find((each) => each.asks.every((matcher) => surely(matcher, one, asks)));
    if (taker === undefined) return 'reaches';
    found.push(taker);
  }
  return found;
}

function valuesFor(carried: Values, asked: readonly Matcher[]): readonly (string | typeof UNKNOWN)[] {
  const fits = (value: string) => asked.every(({ matches }) => matches(value));
  if (isList(carried)) return carried.filter(fits);
  const named = asked.find(({ pattern }) => !pattern);
  if (named === undefined) return [UNKNOWN];
  return named.values.filter((value) => fits(value) && (carried === 'any' || !carried.not.has(value)));
}

function surely({ label, pattern, values, matches }: Matcher, tried: Tried, asks: readonly Matcher[]): boolean {
  const value = tried.get(label) ?? UNKNOWN;
  if (value !== UNKNOWN) return matches(value);
  const same = (other: Matcher) => other.label === label && other.pattern && other.values[0] === values[0];
  return pattern && (values[0] === '.*' || asks.some(same));
}

function matchersOf({ match, matchRegex }: Route): Matcher[] {
  const equal = Object.entries(match).map(([label, wanted]): Matcher => {
    const values = [wanted].flat();
    return { label, pattern: false, values, matches: (value) => values.includes(value) };
  });
  const patterns = Object.entries(matchRegex).map(([label, text]): Matcher => {
    const whole = wholeMatch(text);
    return { label, pattern: true, values: [text], matches: (value) => whole.test(value) };
  });
  return [...equal, ...patterns];
}

function labelsIn(routes: readonly Route[]): string[] {
  const all = routes.flatMap(({ match, matchRegex, routes: inner }) => [
    ...Object.keys(match),
    ...Object.keys(matchRegex),
    ...labelsIn(inner),
  ]);
  return [...new Set(all)];
}

/** Most alerts differ in nothing that a route asks for. */
function distinct(alerts: readonly Carried[], labels: readonly string[]): Carried[] {
  const kinds = new Map<string, Carried>();
  for (const carried of alerts) {
    const values = new Map(labels.map((label) => [label, carried(label)]));
    const key = JSON.stringify(
      [...values.values()].map((each) => (isList(each) || each === 'any' ? each : { not: [...each.not] })),
    );
    if (!kinds.has(key)) kinds.set(key, (label) => values.get(label) ?? 'any');
  }
  return [...kinds.values()];
}

function isList(values: Values): values is readonly string[] {
  return Array.isArray(values);
}

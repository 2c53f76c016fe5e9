/** The part of a faulty value that can be read: one fault must hide no other. */
import type { z } from 'zod';
import { isBelow, type Path } from './faults.ts';
import { pathOf } from './issues.ts';

/** What stands for something unreadable whose name others refer to, or that has a place in a list. */
export type StandIn = (path: Path) => unknown;

export interface Rest<T> {
  /** As the file has it, without what could not be read. */
  readonly raw: unknown;
  readonly value: T;
  /** What was left out, or has a stand-in. */
  readonly unread: readonly Path[];
}

/** Leaving one thing out may show another fault, such as a key that is then missing; nothing of ours is deeper than this. */
const ROUNDS = 20;

/** @returns `undefined` where nothing can be read */
export function readRest<T>(schema: z.ZodType<T>, given: unknown, standIn: StandIn = () => undefined) {
  let raw = given;
  const unread: Path[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const outcome = schema.safeParse(raw);
    if (outcome.success) return { raw, value: outcome.data, unread } satisfies Rest<T>;
    const now = raw;
    const places = outcome.error.issues.flatMap(faultyPlaces).map((place) => removable(now, place, unread, standIn));
    if (places.some((place) => place.length === 0)) return undefined;
    const outermost = places.filter(
      (place) => !places.some((other) => other.length < place.length && isBelow(place, other)),
    );
    for (const place of outermost) {
      const instead = includes(unread, place) ? undefined : standIn(place);
      raw = replaced(raw, place, instead);
      unread.push(place);
    }
  }
  return undefined;
}

function faultyPlaces(issue: z.core.$ZodIssue): Path[] {
  const path = pathOf(issue);
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
}

/** The nearest thing at or above a place that is there and can be left out: of a list, an item only with a stand-in. */
function removable(raw: unknown, place: Path, unread: readonly Path[], standIn: StandIn): Path {
  const last = place.at(-1);
  if (last === undefined) return place;
  const replaceable = standIn(place) !== undefined && !includes(unread, place);
  if (exists(raw, place) && (typeof last === 'string' || replaceable)) return place;
  return removable(raw, place.slice(0, -1), unread, standIn);
}

function includes(paths: readonly Path[], path: Path): boolean {
  return paths.some((other) => other.length === path.length && isBelow(other, path));
}

function exists(value: unknown, [key, ...rest]: Path): boolean {
  if (key === undefined) return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, key) &&
    exists(Object.entries(value).find(([name]) => name === String(key))?.[1], rest)
  );
}

function replaced(value: unknown, [key, ...rest]: Path, instead: unknown): unknown {
  if (key === undefined) return instead;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? replaced(item, rest, instead) : item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    name === String(key) ? replaced(inner, rest, instead) : inner,
  ]);
  return Object.fromEntries(entries.filter(([name, inner]) => rest.length > 0 || name !== key || inner !== undefined));
}

/** @param unread what could not be read: defaults stand in its place, about which there is nothing to say */
export function unreadAt(unread: readonly Path[]) {
  return {
    /** Does the path lie in what could not be read? */
    within: (path: Path) => unread.some((start) => isBelow(path, start)),
    /** Or is something of it missing? */
    touched: (path: Path) => unread.some((start) => isBelow(path, start) || isBelow(start, path)),
  };
}
export type Unread = ReturnType<typeof unreadAt>;
export const ALL_READ = unreadAt([]);

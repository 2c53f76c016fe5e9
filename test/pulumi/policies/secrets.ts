/** A secret's value is in a Secret and nowhere else, encrypted in the state, and read by one program. */
import type { Recorded } from '../../../cli/render/record.ts';
import { called, isSecret, plain } from './read.ts';
import { secretsReadBy } from './references.ts';
import type { Found, Policy } from './types.ts';

const nowhereElse: Policy = {
  name: 'a secret is in a Secret and nowhere else',
  *find(resources, { secrets }): Generator<Found> {
    const sought = secrets.flatMap(spellings);
    // In the form in which JSON holds them: most resources are done with at one look.
    const inJson = sought.map((spelling) => JSON.stringify(spelling).slice(1, -1));
    for (const resource of resources) {
      const rest = restOf(resource);
      const whole = JSON.stringify(rest);
      if (!inJson.some((spelling) => whole.includes(spelling))) continue;
      // Which one is not said: the message is read by more people than the secret is for.
      for (const [path, value] of leaves(rest, []))
        if (sought.some((spelling) => value.includes(spelling)))
          yield [resource, `a secret's value stands at ${path.join('.')}`];
    }
  },
};

/** Fields that are there for secrets: those of a Secret, and what the engine logs in to a Grafana with. */
const KEPT_IN: Readonly<Record<string, readonly string[]>> = {
  'kubernetes:core/v1:Secret': ['data', 'stringData'],
  'pulumi:providers:grafana': ['auth'],
};

/** Everything but what is there for secrets. */
function restOf({ type, name, inputs }: Recorded): unknown {
  const kept = KEPT_IN[type] ?? [];
  return { name, ...Object.fromEntries(Object.entries(inputs).filter(([key]) => !kept.includes(key))) };
}

/** Every text in a value, keys included, with its path. */
function* leaves(value: unknown, path: readonly string[]): Generator<[readonly string[], string]> {
  const inner = plain(value);
  if (typeof inner === 'string') yield [path, inner];
  if (typeof inner !== 'object' || inner === null) return;
  for (const [key, child] of Object.entries(inner)) {
    yield [[...path, '<key>'], key];
    yield* leaves(child, [...path, key]);
  }
}

/** As it is, inside JSON, in an address, in base64. */
function spellings(secret: string): string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64').replaceAll('=', '');
  return [secret, escaped, JSON.stringify(escaped).slice(1, -1), encodeURIComponent(secret), encodeURI(secret), base64];
}

const encrypted: Policy = {
  name: 'what a Secret holds is encrypted in the state',
  *find(resources): Generator<Found> {
    for (const resource of resources)
      for (const key of KEPT_IN[resource.type] ?? [])
        if (resource.inputs[key] !== undefined && !isSecret(resource.inputs[key]))
          yield [resource, `${key} is no secret of Pulumi`];
  },
};

const ownReader: Policy = {
  name: 'no program reads the secrets of another',
  *find(resources): Generator<Found> {
    const readers = new Map<string, Recorded[]>();
    for (const [reader, secret] of secretsReadBy(resources)) {
      const before = readers.get(secret) ?? [];
      if (!before.includes(reader)) readers.set(secret, [...before, reader]);
    }
    for (const [secret, all] of readers)
      for (const other of all.slice(1))
        yield [other, `reads Secret ${secret}, which is that of ${all.slice(0, 1).map(called)}`];
  },
};

export const secretPolicies: readonly Policy[] = [nowhereElse, encrypted, ownReader];

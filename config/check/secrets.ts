/** Every secret that is named must exist; every one that exists should be named. */
import { type Fault, type Path, unknownName } from '../faults.ts';
import { OWN_TOKENS } from '../ownTokens.ts';
import type { Stack } from '../stack.ts';

const ROOT = 'chainwatch:secrets';

export function checkSecrets(stack: Stack): Fault[] {
  return references(stack)
    .filter(({ name }) => !stack.secrets.includes(name))
    .map(({ name, path }) => {
      const remedy = `set it with: pulumi config set --secret --path '${ROOT}.${name}'`;
      return { path, message: `${unknownName('secret', name, stack.secrets)} (${remedy})` };
    });
}

/** A warning of each secret that nothing reads: most likely something was renamed, or is gone. */
export function unusedSecrets(stack: Stack): Fault[] {
  const used = new Set([...OWN_TOKENS, ...references(stack).map(({ name }) => name)]);
  return stack.secrets
    .filter((name) => !used.has(name))
    .map((name) => ({
      path: [ROOT, name],
      message: `nothing refers to it: write { secret: ${name} } where it belongs, or remove it: pulumi config rm --path '${ROOT}.${name}'`,
    }));
}

interface Reference {
  readonly name: string;
  readonly path: Path;
}

function references(stack: Stack): Reference[] {
  return [
    ...stack.networks.flatMap(({ name, facts }) => referencesIn(facts, ['chainwatch:networks', name])),
    ...(['notifications', 'prometheus', 'services', 'kubernetes', 'grafana'] as const).flatMap((section) =>
      referencesIn(stack[section], [`chainwatch:${section}`]),
    ),
  ];
}

function referencesIn(value: unknown, path: Path): Reference[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (key !== 'secret') return referencesIn(inner, here);
    return typeof inner === 'string' ? [{ name: inner, path: here }] : [];
  });
}

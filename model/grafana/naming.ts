/** What our things are called in a Grafana that other stacks, and people, may share. */
import type { Stack } from '../../config/stack.ts';
import type { GrafanaFolder } from './types.ts';
import { stableUid } from './uid.ts';

const PREFIX = 'Chainwatch';

export type Naming = Pick<Stack, 'environment' | 'grafana'>;

/** Whose it is: a network, or all that belongs to none. */
export const SYSTEM = 'system';

/** The first parts of a UID. One Grafana may serve several environments, and each may call a network the same. */
function uidScope({ environment }: Pick<Naming, 'environment'>, network: string | undefined): string[] {
  return [environment, network ?? SYSTEM];
}

/** One folder per network, and one for the environment. Alerts carry its title as `grafana_folder`; a slash would be a subfolder. */
export function folderOf(stack: Naming, network: string | undefined): GrafanaFolder {
  const title = titled(stack, stack.environment, ...(network === undefined ? [] : [network]));
  const owner = network ?? SYSTEM;
  const adopted = stack.grafana?.adopt.folders[owner];
  return adopted === undefined
    ? { owner, uid: stableUid(...uidScope(stack, network)), title }
    : { owner, uid: adopted, title, adopted: true };
}

/** The key under which a stack file speaks of a rule, a group or a dashboard: `<network>/<name>`. */
export function ownedKey(network: string | undefined, name: string): string {
  return `${network ?? SYSTEM}/${name}`;
}

export function ruleUid(stack: Naming, network: string | undefined, rule: string): string {
  return stack.grafana?.adopt.rules[ownedKey(network, rule)] ?? stableUid(...uidScope(stack, network), rule);
}

export function dashboardUid(stack: Naming, network: string | undefined, slug: string): string {
  return stack.grafana?.adopt.dashboards[ownedKey(network, slug)] ?? stableUid(...uidScope(stack, network), slug);
}

/** Contact points and mute timings have no UID: the name is all that keeps two stacks apart. */
export function titled({ grafana }: Naming, ...words: readonly string[]): string {
  return [grafana?.folderPrefix ?? PREFIX, ...words].filter((word) => word !== '').join(' ');
}

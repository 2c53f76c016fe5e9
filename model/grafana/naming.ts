/** What our things are called in a Grafana that other stacks, and people, may share. */
import type { Stack } from '../../config/stack.ts';
import type { GrafanaFolder } from './types.ts';
import { stableUid } from './uid.ts';

const PREFIX = 'Chainwatch';

type Naming = Pick<Stack, 'environment' | 'grafana'>;

/** The first parts of a UID. One Grafana may serve several environments, and each may call a network the same. */
export function uidScope({ environment }: Pick<Naming, 'environment'>, network: string | undefined): string[] {
  return [environment, network ?? 'system'];
}

/** One folder per network, and one for the environment. Alerts carry its title as `grafana_folder`; a slash would be a subfolder. */
export function folderOf(stack: Naming, network: string | undefined): GrafanaFolder {
  const title = titled(stack, stack.environment, ...(network === undefined ? [] : [network]));
  return { uid: stableUid(...uidScope(stack, network)), title };
}

/** Contact points and mute timings have no UID: the name is all that keeps two stacks apart. */
export function titled({ grafana }: Naming, ...words: readonly string[]): string {
  return [grafana?.folderPrefix ?? PREFIX, ...words].filter((word) => word !== '').join(' ');
}

/** What the path of a webhook says about the alerts that come by it. */
export interface Channel {
  /** `default`, `critical`, `external-deps`, `system`, `<chain>`, `<chain>/critical`. */
  readonly name: string;
  /** The chain, where the path names one. */
  readonly chain: string | null;
  /** Set where the path raises every alert that comes by it, whatever its own label says. */
  readonly forcedSeverity: 'critical' | null;
}

/** Paths that name no chain. */
const WITHOUT_CHAIN = new Set(['external-deps']);
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * @param name the segment after `/webhook/`, undefined for `/webhook` itself
 * @param critical whether the path ends in `/critical`
 * @returns undefined where the segment cannot be the name of a chain
 */
export function channelOf(name: string | undefined, critical: boolean): Channel | undefined {
  const forcedSeverity = critical ? 'critical' : null;
  if (name === undefined) return { name: critical ? 'critical' : 'default', chain: null, forcedSeverity };
  if (!NAME.test(name)) return undefined;
  return {
    name: critical ? `${name}/critical` : name,
    chain: WITHOUT_CHAIN.has(name) ? null : name,
    forcedSeverity,
  };
}

/** The lint of all packs that the program has. */
import type { Known } from '../../knowledge.ts';
import { lintPack } from './pack.ts';

/** What `system` may be about: programs beside the nodes, our own ones (also those of later versions), and two that are no process. */
const SYSTEM_COMPONENTS = [
  'agent',
  'aggregator',
  'alertmanager',
  'anvil',
  'blackbox',
  'cadvisor',
  'exporter',
  'grafana',
  'logs',
  'node-exporter',
  'probe',
  'prometheus',
  'pushgateway',
  'receiver',
  'simulator',
  'status',
  'target',
  'watchdog',
];

/**
 * Faults by chain; an empty list where a pack is in order.
 * @param readElsewhere metrics that something besides rules reads: those of dashboards
 * @throws RuleFileError where a pack cannot be read at all
 */
export function lintKnown(
  known: Known,
  readElsewhere: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, readonly string[]> {
  const packs = known.packs.all();
  const system = known.packs.get('system');
  const componentsOf = (name: string) => {
    const chain = known.chains.get(name);
    const own = [...(chain?.components.map((component) => component.name) ?? []), ...(chain?.always ?? [])];
    return new Set(name === 'system' ? [...own, ...SYSTEM_COMPONENTS] : own);
  };
  const allComponents = new Set(packs.flatMap((pack) => [...componentsOf(pack.chain)]));
  const faults = new Map(
    packs.map((pack): [string, string[]] => {
      const options = { system, components: componentsOf(pack.chain), allComponents, readElsewhere };
      return [pack.chain, lintPack(pack, options)];
    }),
  );
  for (const [name, chains] of Map.groupBy(
    packs.flatMap(({ chain, alerts }) => [...alerts.keys()].map((alert) => ({ alert, chain }))),
    ({ alert }) => alert,
  ))
    if (chains.length > 1)
      for (const { chain } of chains)
        faults.get(chain)?.push(`${chain}: ${name} is an alert of ${chains.map((each) => each.chain).join(' and ')}`);
  return faults;
}

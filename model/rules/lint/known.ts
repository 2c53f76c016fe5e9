/** The lint of all packs that the program has. */
import type { Known } from '../../knowledge.ts';
import { FORMER_FILE, lintFormer, parseFormer } from '../former.ts';
import { RuleFileError } from '../ruleFile.ts';
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

/** What an alert of this chain may be about. */
export function componentsOf(known: Known, name: string): ReadonlySet<string> {
  const chain = known.chains.get(name);
  const own = [...(chain?.components.map((component) => component.name) ?? []), ...(chain?.always ?? [])];
  return new Set(name === 'system' ? [...own, ...SYSTEM_COMPONENTS] : own);
}

function formerFaults(text: string | undefined, chain: string, alerts: ReadonlySet<string>): string[] {
  try {
    return lintFormer(parseFormer(text, chain), alerts).map((fault) => `rules/${chain}/${FORMER_FILE}: ${fault}`);
  } catch (error) {
    if (error instanceof RuleFileError) return [...error.faults];
    throw error;
  }
}

/**
 * Faults by chain, those of reading among them; an empty list where a pack is in order.
 * @param readElsewhere metrics that something besides rules reads: those of dashboards
 */
export function lintKnown(
  known: Known,
  readElsewhere: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, readonly string[]> {
  const read = known.packs.readAll();
  const packs = [...read.values()].flatMap(({ pack }) => pack ?? []);
  const system = read.get('system')?.pack;
  const allComponents = new Set(packs.flatMap((pack) => [...componentsOf(known, pack.chain)]));
  const faults = new Map(
    [...read].map(([chain, { pack, faults: unreadable }]): [string, string[]] => {
      const files = known.packs.filesOf(chain);
      // Of a pack that could be read in part only that part is judged; what belongs together may be missing.
      const options = { system, components: componentsOf(known, chain), allComponents, readElsewhere, files };
      const linted = pack ? lintPack(pack, options, unreadable.length > 0) : [];
      const alerts = new Set([...(pack?.alerts.keys() ?? []), ...(system?.alerts.keys() ?? [])]);
      const ofFormer = pack && unreadable.length === 0 ? formerFaults(files.get(FORMER_FILE), chain, alerts) : [];
      return [chain, [...unreadable, ...linted, ...ofFormer]];
    }),
  );
  // A network has one chain, so its alert is told from that of another chain; the environment's own are beside all of them.
  for (const [name, chains] of Map.groupBy(
    packs.flatMap(({ chain, alerts }) => [...alerts.keys()].map((alert) => ({ alert, chain }))),
    ({ alert }) => alert,
  ))
    if (
      chains.length > 1 &&
      packs.some(({ chain, scope }) => chains.some((each) => each.chain === chain) && scope === 'environment')
    )
      for (const { chain } of chains)
        faults.get(chain)?.push(`${chain}: ${name} is an alert of ${chains.map((each) => each.chain).join(' and ')}`);
  return faults;
}

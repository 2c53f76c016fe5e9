/** What the program knows: the chains, each with its rule pack. Made once at the start, from data. */
import type { AlertFacts, Knowledge } from '../config/knowledge.ts';
import type { Network } from '../config/networks.ts';
import type { Chain } from './chain.ts';
import { type Pack, type PackFiles, parsePack } from './rules/pack.ts';
import { RuleFileError } from './rules/ruleFile.ts';

export interface Known {
  readonly chains: ReadonlyMap<string, Chain>;
  readonly packs: ReadonlyMap<string, Pack>;
  /** The same, as far as the check of a stack file needs it. */
  readonly forConfig: Knowledge;
}

/** @throws RuleFileError with the faults of all packs */
export function makeKnown(chains: readonly Chain[], files: readonly PackFiles[]): Known {
  const packs = new Map<string, Pack>();
  const faults: string[] = [];
  for (const pack of files) {
    try {
      packs.set(pack.chain, parsePack(pack));
    } catch (error) {
      if (!(error instanceof RuleFileError)) throw error;
      faults.push(...error.faults);
    }
  }
  for (const { name } of chains)
    if (!files.some((pack) => pack.chain === name)) faults.push(`chain ${name} has no folder rules/${name}/`);
  if (faults.length > 0) throw new RuleFileError(faults);
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  return { chains: byName, packs, forConfig: forConfig(chains, packs) };
}

function forConfig(chains: readonly Chain[], packs: ReadonlyMap<string, Pack>): Knowledge {
  return new Map(
    chains.map((chain) => {
      const pack = packs.get(chain.name);
      const facts = {
        name: chain.name,
        scope: pack?.scope ?? 'network',
        components: chain.components.map((component) => component.name),
        fields: chain.fields,
        alerts: pack?.alerts ?? new Map<string, AlertFacts>(),
        applies: (alert: AlertFacts, network: Network) => appliesTo(chain, alert, network),
        check: (network: Network) => chain.check(network),
      };
      return [chain.name, facts];
    }),
  );
}

/** A network without a proposer has no alerts about proposers. One with matchers of its own may have anything. */
export function appliesTo(chain: Chain, alert: AlertFacts, network: Network): boolean {
  const { component } = alert;
  return (
    network.matchers !== undefined || chain.always.includes(component) || (network.nodes[component]?.length ?? 0) > 0
  );
}

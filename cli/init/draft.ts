/** A network as the stack file will say it, from flags. */
import { simulators } from '../../chains/simulators.ts';
import { unknownName } from '../../config/faults.ts';
import type { ChainFacts } from '../../config/knowledge.ts';
import { networkSchema } from '../../config/networks.ts';
import type { Known } from '../../model/knowledge.ts';
import { CliError } from '../errors.ts';
import { applySettings, inputSchema, type JsonSchema } from './fields.ts';

export interface NetworkFlags {
  readonly chain?: string;
  readonly node: readonly string[];
  readonly simulated: boolean;
  readonly set: readonly string[];
}

/** What may be said of any network: asked for by other means, or not at all. */
export const COMMON = ['chain', 'engine', 'simulated', 'nodes', 'labels', 'matchers', 'scrape', 'alerts'];

export type Draft = Record<string, unknown>;

export function networkChains({ forConfig }: Known): string[] {
  return [...forConfig.values()].filter(({ scope }) => scope === 'network').map(({ name }) => name);
}

/** @throws CliError for a chain that networks cannot have */
export function chainFacts(chain: string, known: Known): ChainFacts {
  const names = networkChains(known);
  const facts = known.forConfig.get(chain);
  if (!facts || !names.includes(chain)) throw new CliError(unknownName('chain', chain, names));
  return facts;
}

export function networkInput(facts: ChainFacts): JsonSchema {
  return inputSchema(networkSchema(facts));
}

/** @throws CliError with all flags that cannot be read */
export function draftNetwork({ node, simulated, set }: NetworkFlags, facts: ChainFacts): Draft {
  const draft: Draft = { chain: facts.name, ...(simulated ? { simulated: true } : {}) };
  allFaults([
    () => {
      const nodes = nodesFrom(node, facts);
      if (Object.keys(nodes).length > 0) draft.nodes = nodes;
      else if (simulated) draft.nodes = simulatedNodes(facts.name, facts.components);
    },
    () => applySettings(draft, networkInput(facts), set, '--set'),
  ]);
  return draft;
}

/** Takes every step, then throws what any of them found. */
function allFaults(steps: readonly (() => void)[]): void {
  const faults = steps.flatMap((step) => {
    try {
      step();
      return [];
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      return [error.message];
    }
  });
  if (faults.length > 0) throw new CliError(faults.join('\n'));
}

export type NodeEntry = string | { readonly name: string; readonly address: string };

/** `op-geth=10.0.0.5:6060`, `op-geth=sequencer@10.0.0.5:6060`; several of a component add up. */
export function nodesFrom(flags: readonly string[], { components }: ChainFacts): Record<string, NodeEntry[]> {
  const nodes: Record<string, NodeEntry[]> = {};
  const faults: string[] = [];
  for (const flag of flags) {
    const [, component, address] = /^([^=]+)=(.+)$/.exec(flag) ?? [];
    if (component === undefined || address === undefined)
      faults.push(`--node ${flag}: expected component=host:port, such as ${components[0] ?? 'node'}=10.0.0.5:9464`);
    else if (!components.includes(component))
      faults.push(`--node ${flag}: ${unknownName('component', component, components)}`);
    else nodes[component] = [...(nodes[component] ?? []), nodeFrom(address)];
  }
  if (faults.length > 0) throw new CliError(faults.join('\n'));
  return nodes;
}

export function nodeFrom(text: string): NodeEntry {
  const at = text.indexOf('@');
  return at < 0 ? text : { name: text.slice(0, at), address: text.slice(at + 1) };
}

/** One process of each kind that the chain's simulator plays; the addresses are names only. */
export function simulatedNodes(chain: string, components: readonly string[]): Record<string, NodeEntry[]> {
  const simulator = simulators.get(chain);
  if (!simulator) throw new CliError(`no simulator plays ${chain}; give it real nodes`);
  const moment = { time: 3600, wallStart: 0, timeScale: 1, faults: [], seed: 1 };
  const played = components.filter((component) =>
    simulator.expose({ component, index: 0, instance: component }, moment),
  );
  return Object.fromEntries(played.map((component) => [component, [`${component}:9000`]]));
}

/** What the program knows: the chains, each with its rule pack. Made once at the start, from data. */
import type { AlertFacts, ChainFacts, Knowledge } from '../config/knowledge.ts';
import type { Network } from '../config/networks.ts';
import type { Chain } from './chain.ts';
import { FORMER_FILE, formerNamed, formerWords, parseFormer } from './rules/former.ts';
import { type Pack, type PackFiles, parsePack, type ReadPack, readPack } from './rules/pack.ts';
import { RuleFileError } from './rules/ruleFile.ts';

export interface Known {
  readonly chains: ReadonlyMap<string, Chain>;
  readonly packs: Packs;
  /** The same, as far as the check of a stack file needs it. */
  readonly forConfig: Knowledge;
}

/** Rule packs, each read when it is first asked for: a stack pays only for the chains that it has. */
export class Packs {
  readonly #files: ReadonlyMap<string, PackFiles>;
  readonly #read = new Map<string, Pack>();

  constructor(files: readonly PackFiles[]) {
    this.#files = new Map(files.map((pack) => [pack.chain, pack]));
  }

  get names(): string[] {
    return [...this.#files.keys()].sort();
  }

  /** `undefined` where the chain has no pack. @throws RuleFileError with the faults of that pack */
  get(chain: string): Pack | undefined {
    const known = this.#read.get(chain);
    const files = this.#files.get(chain);
    if (known || !files) return known;
    const pack = parsePack(files);
    this.#read.set(chain, pack);
    return pack;
  }

  /** What could be read of each pack, and what is wrong with the rest. Sorted by name. */
  readAll(): ReadonlyMap<string, ReadPack> {
    return new Map(
      this.names.map((name) => [name, readPack(this.#files.get(name) ?? { chain: name, files: new Map() })]),
    );
  }

  /** The texts of a pack, by file. */
  filesOf(chain: string): ReadonlyMap<string, string> {
    return this.#files.get(chain)?.files ?? new Map();
  }

  /** @throws RuleFileError with the faults of every pack */
  all(): Pack[] {
    const faults: string[] = [];
    const packs = this.names.flatMap((name) => {
      try {
        return this.get(name) ?? [];
      } catch (error) {
        if (!(error instanceof RuleFileError)) throw error;
        faults.push(...error.faults);
        return [];
      }
    });
    if (faults.length > 0) throw new RuleFileError(faults);
    return packs;
  }
}

export function makeKnown(chains: readonly Chain[], files: readonly PackFiles[]): Known {
  const packs = new Packs(files);
  const facts = chains.map((chain): [string, ChainFacts] => [chain.name, chainFacts(chain, packs)]);
  return { chains: new Map(chains.map((chain) => [chain.name, chain])), packs, forConfig: new Map(facts) };
}

function chainFacts(chain: Chain, packs: Packs): ChainFacts {
  return {
    name: chain.name,
    scope: chain.scope,
    components: chain.components.map((component) => component.name),
    fields: chain.fields,
    get alerts() {
      return packs.get(chain.name)?.alerts ?? new Map<string, AlertFacts>();
    },
    former: (name) => {
      const old = formerNamed(name, parseFormer(packs.filesOf(chain.name).get(FORMER_FILE), chain.name));
      return old && formerWords(old);
    },
    applies: (alert, network) => appliesTo(chain, alert, network),
    check: (network) => chain.check(network),
    advise: (network) => chain.advise(network),
    get labels() {
      const pack = packs.get(chain.name);
      return pack ? labelsOf(pack) : [];
    },
  };
}

/** Also whatever functions such as `label_replace` may make: every text of an expression that could be the name of a label. */
function labelsOf({ catalogue, groups }: Pack): string[] {
  const rules = groups.flatMap((group) => group.rules);
  const made = rules
    .filter(({ expr }) => /label_(replace|join)|count_values/.test(expr))
    .flatMap(({ expr }) => [...expr.matchAll(/"([A-Za-z_]\w*)"/g)].flatMap(([, text]) => text ?? []));
  const metrics = [...catalogue.metrics.values()];
  return [
    ...new Set([
      ...metrics.flatMap(({ labels }) => labels),
      ...rules.flatMap(({ labels }) => Object.keys(labels)),
      ...made,
    ]),
  ].sort();
}

/** A network without a proposer has no alerts about proposers. One with matchers of its own may have anything. */
export function appliesTo(chain: Chain, alert: AlertFacts, network: Network): boolean {
  const { component } = alert;
  if (chain.lacks(network).includes(component)) return false;
  return (
    network.matchers !== undefined || chain.always.includes(component) || (network.nodes[component]?.length ?? 0) > 0
  );
}

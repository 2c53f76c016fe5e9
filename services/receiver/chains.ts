import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The `rules/` of this program: one folder per chain. */
const RULES = join(import.meta.dirname, '../../rules');

/**
 * The chains that this program has rules and runbooks for. Several stacks may send to one receiver and it reads none of
 * their files, so this is all it can know.
 *
 * @returns undefined where the folder cannot be read: then nothing can be said of any chain
 */
export function knownChains(folder: string = RULES): ReadonlySet<string> | undefined {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  } catch {
    return undefined;
  }
}

/** Channels that say nothing of a chain, by what their path begins with; see channel.ts. */
const WITHOUT_CHAIN = new Set(['default', 'critical', 'external-deps']);

export interface Origin {
  /** Of the alert's label, else of the path that it came by; empty where neither names one. */
  readonly chain: string;
  readonly channel: string;
}

export interface ChainDoubt {
  /** As a mark: `unknown chain opstack`. */
  readonly mark: string;
  /** What it may mean, as a sentence. */
  readonly meaning: string;
}

/**
 * What is odd about where an alert says that it belongs. It is taken and shown all the same: a misspelt path must not cost
 * an alert.
 *
 * @param known undefined where no chain can be judged
 * @returns undefined where nothing is
 */
export function chainDoubt({ chain, channel }: Origin, known: ReadonlySet<string> | undefined): ChainDoubt | undefined {
  if (known === undefined) return undefined;
  const path = channel.split('/')[0] ?? '';
  const ofPath = WITHOUT_CHAIN.has(path) ? undefined : path;
  if (chain === '') {
    if (path === 'external-deps') return undefined;
    return { mark: 'no chain', meaning: 'Neither its label “chain” nor the path that it came by names a chain.' };
  }
  if (!known.has(chain)) {
    return {
      mark: `unknown chain ${chain}`,
      meaning: `No rules or runbooks for “${chain}” are known here. Is a path or a label misspelt?`,
    };
  }
  if (ofPath === undefined || known.has(ofPath)) return undefined;
  return {
    mark: `unknown path ${ofPath}`,
    meaning: `It came by /webhook/${channel}, and no chain of that name is known here. Is the path misspelt?`,
  };
}

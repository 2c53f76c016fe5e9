import type { Logger } from '../shared/log.ts';
import { Endpoint, type Reading, type RequestObserver } from './evm/endpoint.ts';
import { type Agreement, findAgreement } from './quorum/agreement.ts';
import { majorityOf, median, mostCommon } from './quorum/majority.ts';
import { ReorgWatch } from './quorum/reorgs.ts';
import type { AccountSettings, EndpointSettings } from './settings.ts';
import { Speaker } from './speaker.ts';

/** One chain of one network: `l1` or `l2`. */
export interface LayerPlan {
  readonly network: string;
  readonly chain: string;
  readonly layer: string;
  readonly endpoints: readonly EndpointSettings[];
  readonly accounts: readonly AccountSettings[];
}

export interface EndpointState {
  readonly reading: Reading;
  /** Whether it follows the chain of the majority; undefined where that cannot be told. */
  readonly follows: boolean | undefined;
  /** Blocks between its head and the head that it should have; undefined without a head. */
  readonly behind: number | undefined;
}

/** The head that a majority has. */
export interface AgreedHead {
  readonly height: number;
  /** Seconds of Unix time. */
  readonly timestamp: number;
  /** Wei. */
  readonly baseFee: bigint | undefined;
  readonly sources: number;
}

export interface AccountState {
  /** Whether a majority gave one value in the last round. */
  readonly quorum: boolean;
  /** The last value that a majority gave. */
  readonly agreed: AgreedBalance | undefined;
}

export interface AgreedBalance {
  readonly wei: bigint;
  readonly height: number;
  /** Of the block it was read at, in seconds of Unix time. */
  readonly timestamp: number;
  /** Milliseconds of Unix time when it was read. */
  readonly at: number;
}

/** What is known of a layer after a round. */
export interface LayerState {
  /** Milliseconds of Unix time at the end of the round. */
  readonly at: number;
  readonly seconds: number;
  readonly endpoints: ReadonlyMap<Endpoint, EndpointState>;
  readonly agreed: AgreedHead | undefined;
  readonly disagreement: boolean;
  readonly accounts: ReadonlyMap<AccountSettings, AccountState>;
}

/** Accounts whose balance is asked for at once. */
const ACCOUNTS_AT_ONCE = 16;

/** Hears of what a gauge cannot keep. */
export interface LayerObserver extends RequestObserver {
  reorged(layer: LayerSampler, depth: number): void;
}

/** Reads one chain of one network, round after round, and believes what the majority says. */
export class LayerSampler {
  readonly plan: LayerPlan;
  readonly endpoints: readonly Endpoint[];
  readonly #observer: LayerObserver;
  readonly #speaker: Speaker;
  readonly #reorgs = new ReorgWatch();
  #state: LayerState | undefined;
  #closed = false;

  /** @param timeout milliseconds for each request */
  constructor(plan: LayerPlan, timeout: number, observer: LayerObserver, log: Logger) {
    this.plan = plan;
    this.endpoints = plan.endpoints.map((settings) => new Endpoint(settings, timeout, observer));
    this.#observer = observer;
    this.#speaker = new Speaker(log.child({ network: plan.network, layer: plan.layer }));
  }

  /** What the last round found; undefined before the first has ended. */
  get state(): LayerState | undefined {
    return this.#state;
  }

  /** How many endpoints must agree. */
  get needed(): number {
    return majorityOf(this.endpoints.length);
  }

  /**
   * What each endpoint is called: host and port, with a number behind where two of a layer share them (two keys of one
   * provider).
   */
  names(): ReadonlyMap<Endpoint, string> {
    const used = new Map<string, number>();
    return new Map(
      this.endpoints.map((endpoint) => {
        const count = (used.get(endpoint.host) ?? 0) + 1;
        used.set(endpoint.host, count);
        return [endpoint, count === 1 ? endpoint.host : `${endpoint.host}#${count}`];
      }),
    );
  }

  /** Asks every endpoint, finds what a majority agrees on, and reads the accounts there. Never throws. */
  async round(): Promise<void> {
    const started = performance.now();
    const readings = await Promise.all(this.endpoints.map((endpoint) => this.#read(endpoint)));
    const sources = readings.flatMap(([endpoint, { head }]) =>
      head === undefined ? [] : [{ endpoint, head, blockAt: (height: number) => endpoint.blockAt(height) }],
    );
    const verdict = await findAgreement(sources, this.needed);
    const follows = new Map([...verdict.follows].map(([{ endpoint }, does]) => [endpoint, does]));
    if (verdict.agreed !== undefined) await this.#watchReorgs(verdict.agreed);
    const accounts = await this.#readAccounts(verdict.agreed);
    const reference = this.#reference(verdict.agreed?.height, sources);
    const states = readings.map(([endpoint, reading]): [Endpoint, EndpointState] => {
      const behind = reading.head && reference !== undefined ? Math.max(0, reference - reading.head.height) : undefined;
      return [endpoint, { reading, follows: follows.get(endpoint), behind }];
    });
    this.#state = {
      at: Date.now(),
      seconds: (performance.now() - started) / 1000,
      endpoints: new Map(states),
      agreed: verdict.agreed === undefined ? undefined : headOf(verdict.agreed),
      disagreement: verdict.disagreement,
      accounts,
    };
    // A round that was cut off finds everything dead.
    if (!this.#closed) this.#speaker.tell(this, this.#state);
  }

  close(): void {
    this.#closed = true;
    for (const endpoint of this.endpoints) endpoint.close();
  }

  async #read(endpoint: Endpoint): Promise<[Endpoint, Reading]> {
    return [endpoint, await endpoint.read()];
  }

  /**
   * The head that an endpoint should have. With three or more it is the agreed one, so that a single endpoint that claims
   * a height from the far future does not make all others look late. With fewer there is nobody to ask who is right.
   */
  #reference(agreed: number | undefined, sources: readonly Source[]): number | undefined {
    if (this.endpoints.length >= 3 && agreed !== undefined) return agreed;
    return sources.length === 0 ? undefined : Math.max(...sources.map(({ head }) => head.height));
  }

  async #watchReorgs(agreed: Agreement<Source>): Promise<void> {
    const members = [...agreed.blocks];
    const parents = members.map(([, { parentHash }]) => parentHash);
    const [parentHash] = mostCommon(parents, (each) => each) ?? [''];
    const depth = await this.#reorgs.see({ height: agreed.height, hash: agreed.hash, parentHash }, async (height) => {
      const blocks = await Promise.all(members.map(([source]) => source.blockAt(height)));
      const hashes = blocks.flatMap((block) => (block === undefined ? [] : [block.hash]));
      const [hash, holders] = mostCommon(hashes, (each) => each) ?? [undefined, []];
      return holders.length >= this.needed ? hash : undefined;
    });
    if (depth === 0) return;
    this.#speaker.reorg(depth, agreed.height);
    this.#observer.reorged(this, depth);
  }

  async #readAccounts(agreed: Agreement<Source> | undefined): Promise<Map<AccountSettings, AccountState>> {
    const { accounts } = this.plan;
    const states = new Map<AccountSettings, AccountState>();
    for (let from = 0; from < accounts.length; from += ACCOUNTS_AT_ONCE) {
      const some = accounts.slice(from, from + ACCOUNTS_AT_ONCE);
      await Promise.all(some.map(async (account) => states.set(account, await this.#readAccount(account, agreed))));
    }
    return states;
  }

  async #readAccount(account: AccountSettings, agreed: Agreement<Source> | undefined): Promise<AccountState> {
    const before = this.#state?.accounts.get(account)?.agreed;
    if (agreed === undefined) return { quorum: false, agreed: before };
    const { height, blocks } = agreed;
    const asked = [...blocks.keys()].map(({ endpoint }) => endpoint.balanceAt(account.address, height));
    const balances = (await Promise.all(asked)).filter((wei) => wei !== undefined);
    const [wei, holders] = mostCommon(balances, (each) => each) ?? [undefined, []];
    if (wei === undefined || holders.length < this.needed) return { quorum: false, agreed: before };
    return { quorum: true, agreed: { wei, height, timestamp: headOf(agreed).timestamp, at: Date.now() } };
  }
}

interface Source {
  readonly endpoint: Endpoint;
  readonly head: NonNullable<Reading['head']>;
  blockAt(height: number): ReturnType<Endpoint['blockAt']>;
}

/** One hash does not keep an endpoint from lying about what is in the block, so the rest is the middle of what they say. */
function headOf({ height, blocks }: Agreement<Source>): AgreedHead {
  const all = [...blocks.values()];
  return {
    height,
    timestamp: median(all.map(({ timestamp }) => timestamp)) ?? 0,
    baseFee: median(all.flatMap(({ baseFee }) => baseFee ?? [])),
    sources: all.length,
  };
}

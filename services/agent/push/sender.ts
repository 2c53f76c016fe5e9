import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Failpoint } from '../../shared/failpoint.ts';
import { messageOf } from '../../shared/fault.ts';
import type { TlsMaterial } from '../../shared/tls/clientTls.ts';
import { type Connections, ExchangeFault } from '../http.ts';
import { bodyOf, textsOf } from '../snapshot.ts';
import { type Acknowledgement, acknowledgementIn, COUNTS_HEADER } from './acknowledgement.ts';
import { type BackoffLimits, backoff, retryAfter } from './backoff.ts';
import type { DiskQueue, Packed, QueuedBatch } from './queue.ts';
import type { Targets } from './targets.ts';
import { type PushFault, type Verdict, verdictOf } from './verdict.ts';

/** Why snapshots were given up; the `reason` of agent_dropped_snapshots_total. */
export const DROP_REASONS = ['ahead', 'disk', 'full', 'invalid', 'lost', 'refused', 'too_large'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What is wrong with pushing now. */
export interface PushTrouble {
  readonly reason: PushFault;
  readonly message: string;
  /** Milliseconds. */
  readonly since: number;
}

export interface SenderOptions {
  readonly queue: DiskQueue;
  readonly targets: Targets;
  readonly connections: Pick<Connections, 'exchange' | 'trust'>;
  /** The token of now; asked for before each request. */
  readonly token: () => string | undefined;
  readonly tls: () => TlsMaterial;
  readonly network: string | undefined;
  /** Milliseconds for one request. */
  readonly timeout: number;
  readonly backoff: BackoffLimits;
  readonly failpoint: Failpoint;
  readonly onPushed: (snapshots: number, seconds: number) => void;
  readonly onFault: (reason: PushFault, message: string) => void;
  readonly onDropped: (reason: DropReason, snapshots: number, why: string) => void;
  readonly now?: () => number;
  readonly chance?: () => number;
}

const MAX_ANSWER_BYTES = 65_536;
/** A token that was refused is looked at again so often. */
const TOKEN_LOOK_MS = 1_000;

/** A batch in the middle of which the other side hung up so often is cut in halves. */
const CUTS = 3;
const SPLIT: Verdict = { act: 'split', reason: 'too_large' };
const AHEAD = 'the aggregator did not keep what is dated later than it came: is the clock of this machine right?';

/** Takes batch after batch from the queue to an aggregator. A batch leaves the queue when it is acknowledged, or when it never can be. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #now: () => number;
  #rounds = 0;
  #trouble: PushTrouble | undefined;
  #refusedToken: string | undefined;
  #cuts = { id: '', times: 0 };
  #stopped = false;
  #wake: () => void = () => {};
  #resting = false;
  #running: Promise<void> | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Says that there may be something to send. A wait after a failure is not cut short by it. */
  poke(): void {
    if (!this.#resting) this.#wake();
  }

  trouble(): PushTrouble | undefined {
    return this.#trouble;
  }

  /** Finishes the request that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const batch = this.#options.queue.first();
      if (batch === undefined) {
        await this.#sleep(undefined);
        continue;
      }
      this.#options.queue.hold(batch);
      let wait: number;
      try {
        wait = await this.#attempt(batch);
      } catch (error) {
        // Only the disk of the queue is left to fail.
        wait = this.#fault('queue', `the queue: ${messageOf(error)}`, 0);
      } finally {
        this.#options.queue.hold(undefined);
      }
      if (wait > 0) await this.#rest(wait);
    }
  }

  /** @returns milliseconds to wait before the next try */
  async #attempt(batch: QueuedBatch): Promise<number> {
    const { queue, targets, connections, failpoint } = this.#options;
    const pick = await targets.pick();
    if ('rest' in pick) return this.#waitFor(pick.rest);
    if ('problem' in pick) return this.#fault('discovery', pick.problem, 0);
    const body = await this.#read(batch);
    if (body === undefined) return 0;
    const token = this.#options.token();
    const begun = performance.now();
    let verdict: Verdict;
    let message: string;
    let rest = 0;
    let told: Acknowledgement | undefined;
    try {
      connections.trust(this.#options.tls());
      failpoint('agent.push.before');
      const { timeout } = this.#options;
      const headers = this.#headers(batch, token);
      const request = { method: 'POST', headers, body, timeout, maxBytes: MAX_ANSWER_BYTES } as const;
      const answer = await connections.exchange(ingestOf(pick.url), request);
      failpoint('agent.push.after');
      verdict = verdictOf(answer.status);
      message = `${pick.url.host} answered ${answer.status}: ${answer.body.slice(0, 300)}`;
      rest = retryAfter(answer.retryAfter, this.#now());
      told = acknowledgementIn(answer.body, batch.snapshots);
      if (verdict.act === 'done' && told === undefined) {
        verdict = { act: 'wait', reason: 'status' };
        message = `what answers at ${pick.url.host} is no aggregator: it does not say what became of the batch`;
      }
    } catch (error) {
      verdict = this.#isTooLong(batch, error) ? SPLIT : { act: 'wait', reason: faultReason(error) };
      message = `${pick.url.host}: ${messageOf(error)}`;
    }
    if (verdict.act === 'wait') {
      if (verdict.reason === 'unauthorized') this.#refusedToken = token ?? '';
      const others = targets.failed(rest);
      return this.#fault(verdict.reason, message, others);
    }
    this.#answered();
    switch (verdict.act) {
      case 'done': {
        const { ahead = 0 } = told ?? {};
        await queue.remove(batch);
        failpoint('agent.push.removed');
        this.#options.onPushed(batch.snapshots - ahead, (performance.now() - begun) / 1000);
        if (ahead > 0) this.#options.onDropped('ahead', ahead, AHEAD);
        return 0;
      }
      case 'drop':
        this.#options.onFault(verdict.reason, message);
        await this.#drop(batch, 'refused', message);
        return 0;
      case 'split':
        this.#options.onFault(verdict.reason, message);
        await this.#split(batch, body, message);
        return 0;
    }
  }

  /** One that refuses a body by its length may hang up while it is sent, and its 413 is lost on the way. */
  #isTooLong({ id, snapshots }: QueuedBatch, error: unknown): boolean {
    if (!(error instanceof ExchangeFault && error.cut) || snapshots < 2) return false;
    this.#cuts = { id, times: this.#cuts.id === id ? this.#cuts.times + 1 : 1 };
    return this.#cuts.times >= CUTS;
  }

  #headers({ id }: QueuedBatch, token: string | undefined): Record<string, string> {
    const { network } = this.#options;
    return {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'x-batch-id': id,
      ...COUNTS_HEADER,
      ...(network === undefined ? {} : { 'x-network': network }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  /** @returns undefined where it is gone: it had to make room meanwhile, or somebody has taken its file */
  async #read(batch: QueuedBatch): Promise<Buffer | undefined> {
    const body = await this.#options.queue.read(batch);
    if (body === undefined && this.#options.queue.list().includes(batch)) {
      await this.#drop(batch, 'lost', 'its file is gone');
    }
    return body;
  }

  async #drop(batch: QueuedBatch, reason: DropReason, why: string): Promise<void> {
    await this.#options.queue.remove(batch);
    this.#options.onDropped(reason, batch.snapshots, why);
  }

  async #split(batch: QueuedBatch, body: Buffer, message: string): Promise<void> {
    let texts: string[];
    try {
      texts = textsOf(await promisify(gunzip)(body));
    } catch (error) {
      return this.#drop(batch, 'lost', `its file cannot be read: ${messageOf(error)}`);
    }
    if (texts.length < 2) return this.#drop(batch, 'too_large', message);
    const middle = Math.ceil(texts.length / 2);
    const halves: [Packed, Packed] = [await pack(texts.slice(0, middle)), await pack(texts.slice(middle))];
    await this.#options.queue.split(batch, halves);
  }

  #answered(): void {
    this.#options.targets.succeeded();
    this.#rounds = 0;
    this.#trouble = undefined;
    this.#refusedToken = undefined;
  }

  /**
   * @param rest undefined where another aggregator is to be tried at once; else what they ask for at least, in milliseconds
   * @returns milliseconds to wait
   */
  #fault(reason: PushFault, message: string, rest: number | undefined): number {
    this.#options.onFault(reason, message);
    const same = this.#trouble?.reason === reason ? this.#trouble.since : this.#now();
    // A refused token is for a person to mend; that another aggregator is away as well says less.
    const refused = this.#trouble?.reason === 'unauthorized' && this.#refusedToken === (this.#options.token() ?? '');
    if (reason === 'unauthorized' || !refused) this.#trouble = { reason, message, since: same };
    if (rest === undefined) return 0;
    this.#rounds += 1;
    return this.#waitFor(rest);
  }

  #waitFor(rest: number): number {
    const chance = this.#options.chance ?? Math.random;
    return backoff(Math.max(1, this.#rounds), rest, chance(), this.#options.backoff);
  }

  /** Waits, but not beyond the moment when there is another token than the one that was refused. */
  async #rest(wait: number): Promise<void> {
    const end = this.#now() + wait;
    this.#resting = true;
    while (!this.#stopped) {
      const left = end - this.#now();
      if (left <= 0) break;
      if (this.#refusedToken !== undefined && (this.#options.token() ?? '') !== this.#refusedToken) break;
      await this.#sleep(this.#refusedToken === undefined ? left : Math.min(left, TOKEN_LOOK_MS));
    }
    this.#resting = false;
  }

  #sleep(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(() => this.#wake(), milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
    });
  }
}

export async function pack(texts: readonly string[]): Promise<Packed> {
  return { body: await promisify(gzip)(bodyOf(texts)), snapshots: texts.length };
}

/** An aggregator may stand below a path. */
function ingestOf(url: URL): URL {
  return new URL('ingest', url.pathname.endsWith('/') ? url : `${url.href}/`);
}

function faultReason(error: unknown): PushFault {
  if (!(error instanceof ExchangeFault)) return 'tls';
  return error.kind === 'payload' ? 'status' : error.kind;
}

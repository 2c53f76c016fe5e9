import { z } from 'zod';
import type { SecretFile } from '../../shared/secretFile.ts';
import type { Attempt, Seat } from './election.ts';
import { exchange, type Told } from './exchange.ts';
import type { EtcdSettings } from './settings.ts';

export interface EtcdOptions {
  readonly settings: EtcdSettings;
  /** NAME:PASSWORD in its first line. */
  readonly user: SecretFile | undefined;
  /** What stands in the key while we lead; no other process has the same. */
  readonly identity: string;
  /** The newest epoch that this replica has seen decide something. */
  readonly newest: () => Promise<number>;
}

/** Numbers of 64 bits are strings; what is 0 or empty is left out. */
const number = z.coerce.number().int().default(0);
const kvs = z.array(
  z.looseObject({ create_revision: number, lease: z.string().default('0'), value: z.string().default('') }),
);
const transaction = z.looseObject({
  header: z.looseObject({ revision: number }),
  succeeded: z.boolean().default(false),
  responses: z.array(z.looseObject({ response_range: z.looseObject({ kvs: kvs.default([]) }).optional() })),
});
const granted = z.looseObject({ ID: z.string() });
const keptAlive = z.looseObject({ result: z.looseObject({ TTL: number }) });
const authenticated = z.looseObject({ token: z.string() });
const failed = z.looseObject({ message: z.string() });

const AUTHENTICATE = 'auth/authenticate';

const base64 = (plain: string) => Buffer.from(plain).toString('base64');
const plain = (encoded: string) => Buffer.from(encoded, 'base64').toString();

/**
 * The seat is a key in etcd, which is bound to a lease of whoever has it: etcd removes it when the lease is not kept alive.
 * Over etcd's JSON gateway (https://etcd.io/docs/latest/dev-guide/api_grpc_gateway), which every etcd since 3.4 serves as /v3.
 *
 * The epoch is the revision that made the key, and those only grow. Where an etcd was made anew they begin at 1 again: then the
 * leader writes beside the key from where on it counts (`<key>.base`), so that its epoch is newer than all that were before.
 */
export class EtcdSeat implements Seat {
  readonly #options: EtcdOptions;
  readonly #key: string;
  readonly #baseKey: string;
  readonly #value: string;
  #lease: string | undefined;
  #ours: { readonly revision: number; readonly epoch: number } | undefined;
  #token: string | undefined;
  /** Of `endpoints`: the one that answered last. */
  #at = 0;

  constructor(options: EtcdOptions) {
    this.#options = options;
    this.#key = base64(options.settings.key);
    this.#baseKey = base64(`${options.settings.key}.base`);
    this.#value = base64(options.identity);
  }

  async attempt(): Promise<Attempt> {
    const lease = await this.#keepLease();
    const { revision, holder, ours, base } = await this.#take(lease);
    if (!ours) {
      this.#ours = undefined;
      return { ours: false, leader: plain(holder), epoch: base + revision };
    }
    const newest = await this.#options.newest();
    if (this.#ours?.revision !== revision || this.#ours.epoch < newest) {
      this.#ours = { revision, epoch: (await this.#baseFor(revision, base, newest)) + revision };
    }
    return { ours: true, epoch: this.#ours.epoch };
  }

  async release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    this.#ours = undefined;
    if (lease !== undefined) await this.#ask('lease/revoke', { ID: lease });
  }

  /** @returns a lease that lives for the whole time from now on */
  async #keepLease(): Promise<string> {
    if (this.#lease !== undefined) {
      const { result } = keptAlive.parse(await this.#ask('lease/keepalive', { ID: this.#lease }));
      if (result.TTL > 0) return this.#lease;
    }
    this.#lease = undefined;
    const seconds = Math.ceil(this.#options.settings.ttl / 1000);
    this.#lease = granted.parse(await this.#ask('lease/grant', { TTL: seconds })).ID;
    return this.#lease;
  }

  /** Puts the key where there is none, and looks who has it. */
  async #take(lease: string) {
    const ranges = [{ requestRange: { key: this.#key } }, { requestRange: { key: this.#baseKey } }];
    const answer = transaction.parse(
      await this.#ask('kv/txn', {
        compare: [{ key: this.#key, target: 'CREATE', result: 'EQUAL', createRevision: '0' }],
        success: [{ requestPut: { key: this.#key, value: this.#value, lease } }, ...ranges],
        failure: ranges,
      }),
    );
    const [held, base] = answer.responses.slice(-2).map(({ response_range: range }) => range?.kvs[0]);
    if (held === undefined) throw new Error('etcd does not show who leads');
    // A lease of its own for each process: also where the answer to the put was lost, the key says that it is ours.
    const ours = held.lease === lease;
    return { revision: held.create_revision, holder: held.value, ours, base: Number(plain(base?.value ?? '')) || 0 };
  }

  /** From where on this etcd counts, raised where that is needed. */
  async #baseFor(revision: number, base: number, newest: number): Promise<number> {
    if (base + revision > newest) return base;
    const answer = transaction.parse(
      await this.#ask('kv/txn', {
        compare: [{ key: this.#key, target: 'CREATE', result: 'EQUAL', createRevision: String(revision) }],
        success: [{ requestPut: { key: this.#baseKey, value: base64(String(newest)) } }],
        failure: [],
      }),
    );
    if (!answer.succeeded) throw new Error('somebody else leads by now');
    return newest;
  }

  /** @throws Error with the words of each endpoint that was asked */
  async #ask(path: string, body: unknown): Promise<unknown> {
    const { endpoints } = this.#options.settings;
    const failures: string[] = [];
    for (let tries = 0; tries < endpoints.length; tries += 1) {
      const endpoint = endpoints[this.#at % endpoints.length] ?? '';
      try {
        const told = await this.#askAt(endpoint, path, body);
        if (told.status === 200) return told.body;
        throw new Error(`${new URL(endpoint).host}: ${wordsOf(told)}`);
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
        this.#at += 1;
      }
    }
    throw new Error(`etcd does not answer: ${failures.join('; ')}`);
  }

  async #askAt(endpoint: string, path: string, body: unknown): Promise<Told> {
    if (this.#options.user === undefined) return this.#send(endpoint, path, body);
    this.#token ??= await this.#authenticate(endpoint, this.#options.user);
    const told = await this.#send(endpoint, path, body, this.#token);
    if (told.status !== 401) return told;
    // Tokens live for some minutes, and no longer than the etcd that gave them.
    this.#token = await this.#authenticate(endpoint, this.#options.user);
    return this.#send(endpoint, path, body, this.#token);
  }

  async #authenticate(endpoint: string, user: SecretFile): Promise<string> {
    const [name = '', ...password] = (user.current()[0] ?? '').split(':');
    const told = await this.#send(endpoint, AUTHENTICATE, { name, password: password.join(':') });
    if (told.status !== 200) throw new Error(`${new URL(endpoint).host}: ${wordsOf(told)}`);
    return authenticated.parse(told.body).token;
  }

  #send(endpoint: string, path: string, body: unknown, token?: string): Promise<Told> {
    const { settings } = this.#options;
    const url = new URL(`/v3/${path}`, endpoint);
    const headers = token === undefined ? {} : { authorization: token };
    // Passwords are made slow to try.
    const timeout = path === AUTHENTICATE ? settings.ttl / 2 : settings.ttl / 4;
    return exchange({ method: 'POST', url, tls: settings, headers, body, timeout });
  }
}

function wordsOf({ status, body }: Told): string {
  const said = failed.safeParse(body);
  return `HTTP ${status}${said.success ? `, ${said.data.message}` : ''}`;
}

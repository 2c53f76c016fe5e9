import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HttpFault } from '../shared/http.ts';
import type { SecretFile } from '../shared/secretFile.ts';
import { NETWORK_NAME } from './settings.ts';

/** What a caller may see and send: these networks, or all. */
export type Scope = { readonly networks: readonly string[] } | 'all';

/**
 * What is wrong with the networks of a line of the token file: a slip there would let a token in to fewer networks than it says, without a word.
 *
 * @param rest what stands behind the token; empty where it is good for all
 */
export function networksProblem(rest: string): string | undefined {
  if (rest === '' || rest.split(',').every((network) => NETWORK_NAME.test(network))) return undefined;
  return 'has something else than networks behind its token; they are written as network-a,network-b, without blanks';
}

export interface TokenOptions {
  readonly file: SecretFile | undefined;
  /** One token that is good for all networks. */
  readonly single: string | undefined;
  /** The network of senders that name none. */
  readonly network: string;
}

/**
 * Who may call: the bearer of a token of the token file, in `authorization: Bearer …` or `x-auth-token`.
 *
 * Reads are guarded as writes are: what peers a node has and how they behave is nobody else's business.
 */
export class Tokens {
  readonly #options: TokenOptions;
  readonly #single: Buffer | undefined;

  constructor(options: TokenOptions) {
    this.#options = options;
    this.#single = options.single === undefined ? undefined : digest(options.single);
  }

  /** @throws HttpFault 401 */
  authorize(headers: IncomingHttpHeaders): Scope {
    const { file } = this.#options;
    if (file === undefined && this.#single === undefined) return 'all';
    const token = tokenOf(headers);
    if (token === undefined) throw unauthorized('the request carries no token');
    if (this.#single !== undefined && timingSafeEqual(this.#single, digest(token))) return 'all';
    const line = file?.lineOf(token);
    if (line === undefined) throw unauthorized('the token is not one of ours');
    const [, networks] = line.split(/\s+/, 2);
    return networks === undefined ? 'all' : { networks: networks.split(',') };
  }

  /**
   * The one network that a sender writes to.
   *
   * @throws HttpFault 400 or 401
   */
  networkOf(scope: Scope, headers: IncomingHttpHeaders): string {
    const named = headers['x-network'];
    if (named === undefined) {
      if (scope !== 'all' && scope.networks.length === 1 && scope.networks[0] !== undefined) return scope.networks[0];
      return this.#allowed(scope, this.#options.network);
    }
    if (typeof named !== 'string' || !NETWORK_NAME.test(named)) {
      throw new HttpFault(400, {
        error: 'bad_network',
        reason: 'the header x-network is no name of a network',
        remedy: 'send the name that the stack file has, such as the-block-mainnet',
      });
    }
    return this.#allowed(scope, named);
  }

  #allowed(scope: Scope, network: string): string {
    if (scope === 'all' || scope.networks.includes(network)) return network;
    throw unauthorized(`the token is not good for the network ${network}`);
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['x-auth-token'];
  if (typeof header === 'string' && header !== '') return header.trim();
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function unauthorized(reason: string): HttpFault {
  return new HttpFault(
    401,
    {
      error: 'unauthorized',
      reason,
      remedy: 'send "Authorization: Bearer <token>" with a token of the aggregator\'s tokenFile that has this network',
    },
    { 'www-authenticate': 'Bearer realm="chainwatch aggregator"' },
  );
}

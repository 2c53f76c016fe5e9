import type { IncomingHttpHeaders } from 'node:http';
import { HttpFault } from '../shared/http.ts';
import type { SecretFile } from '../shared/secretFile.ts';
import { NETWORK_NAME } from './settings.ts';

/** What a caller may see and send: these networks, or all. */
export type Scope = { readonly networks: readonly string[] } | 'all';

/**
 * Who may call: the bearer of a token of the token file, in `authorization: Bearer …` or `x-auth-token`.
 *
 * Reads are guarded as writes are: what peers a node has and how they behave is nobody else's business.
 */
export class Tokens {
  readonly #file: SecretFile | undefined;
  readonly #fallback: string;

  /** @param fallback the network of senders that name none */
  constructor(file: SecretFile | undefined, fallback: string) {
    this.#file = file;
    this.#fallback = fallback;
  }

  /** @throws HttpFault 401 */
  authorize(headers: IncomingHttpHeaders): Scope {
    if (this.#file === undefined) return 'all';
    const token = tokenOf(headers);
    if (token === undefined) throw unauthorized('the request carries no token');
    const line = this.#file.lineOf(token);
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
      return this.#allowed(scope, this.#fallback);
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

import { type LookupAddress, lookup } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';

/**
 * Addresses of hosts, as the system knows them; of those that it does not know, as the name servers say that have told of them.
 *
 * @param servers `host` or `host:port` of name servers, at least one
 */
export function hostLookup(servers: readonly string[]): LookupFunction {
  return (host, options, callback) => {
    lookup(host, options, (error, address, family) => {
      if (error === null) {
        callback(null, address, family);
        return;
      }
      addressesOf(host, servers).then((found) => {
        const [first] = found;
        if (first === undefined) callback(error, '');
        else if (options.all) callback(null, found);
        else callback(null, first.address, first.family);
      });
    });
  };
}

/** Never fails: why the name is not known is said by the system. */
async function addressesOf(host: string, servers: readonly string[]): Promise<LookupAddress[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers(servers);
  const [four, six] = await Promise.all([
    resolver.resolve4(host).catch((): string[] => []),
    resolver.resolve6(host).catch((): string[] => []),
  ]);
  return [...four.map((address) => ({ address, family: 4 })), ...six.map((address) => ({ address, family: 6 }))];
}

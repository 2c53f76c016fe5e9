/** The proxy that the environment names for a server, as programs in Go understand it: the provider asks through it too. */
import { BlockList, isIP } from 'node:net';

const HERE = new BlockList();
HERE.addSubnet('127.0.0.0', 8);
HERE.addAddress('::1', 'ipv6');

/**
 * @param server `https://10.0.0.1:6443`
 * @param env holds HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case
 * @returns nothing where it is asked directly
 */
export function proxyFor(server: string, env: NodeJS.ProcessEnv): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const { protocol, hostname, port } = new URL(server);
  const named = (name: string) => env[name] || env[name.toLowerCase()] || undefined;
  const proxy = named(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === undefined) return undefined;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === 'localhost' || isIn(HERE, host)) return undefined;
  const direct = (named('NO_PROXY') ?? '').split(',').some((entry) => covers(entry.trim().toLowerCase(), host, port));
  return direct ? undefined : /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
}

/** @param entry `*`, an address, a network, a domain with all below it, `.domain` for those below; a port where one is meant */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (entry.includes('/')) return isIn(networkOf(entry), host);
  const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) ? `${entry}:` : entry) ?? [];
  if (only !== undefined && only !== (port || '443')) return false;
  const bare = name.replace(/^\*?\.|:$/g, '');
  return (host === bare && !/^\*?\./.test(name)) || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}

function networkOf(entry: string): BlockList {
  const list = new BlockList();
  const [address = '', bits = ''] = entry.split('/');
  const family = isIP(address);
  if (family !== 0 && Number(bits) <= (family === 4 ? 32 : 128))
    list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list;
}

function isIn(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

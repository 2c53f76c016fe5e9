import { Resolver } from 'node:dns/promises';

/** A record of DNS that says where a service is (RFC 2782). */
export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  /** Lower ones are to be tried first. */
  readonly priority: number;
  /** Among equals of priority, a larger one is to be chosen more often. */
  readonly weight: number;
}

/**
 * The order in which to try: by priority, and among equals by lot, in proportion to their weights.
 *
 * @param chance each from 0 up to 1
 */
export function orderSrv(records: readonly SrvRecord[], chance: () => number): SrvRecord[] {
  // A dot alone says that there is no such service.
  const left = records
    .filter(({ name }) => name !== '' && name !== '.')
    .sort((a, b) => a.priority - b.priority || a.weight - b.weight || (a.name < b.name ? -1 : 1) || a.port - b.port);
  const ordered: SrvRecord[] = [];
  while (left.length > 0) {
    const equals = left.filter(({ priority }) => priority === left[0]?.priority);
    const drawn = draw(equals, chance());
    ordered.push(drawn);
    left.splice(left.indexOf(drawn), 1);
  }
  return ordered;
}

function draw(records: readonly SrvRecord[], chance: number): SrvRecord {
  // One more each, so that those of weight 0 come now and then.
  const total = records.reduce((sum, { weight }) => sum + weight + 1, 0);
  let mark = chance * total;
  for (const record of records) {
    mark -= record.weight + 1;
    if (mark < 0) return record;
  }
  const last = records.at(-1);
  if (last === undefined) throw new Error('nothing to draw from');
  return last;
}

/** @param servers `host` or `host:port` of name servers; those of the system where empty */
export function srvResolver(servers: readonly string[]): (name: string) => Promise<readonly SrvRecord[]> {
  return (name) => {
    // A new one each time, because those of the system change while we run.
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    if (servers.length > 0) resolver.setServers(servers);
    return resolver.resolveSrv(name);
  };
}

import type { BalanceReading, HeadReading } from './status.ts';
import type { Sample } from './upstream/prometheus.ts';

const NAMES = {
  height: 'chainwatch_rpc_agreed_head_block',
  age: 'chainwatch_rpc_agreed_head_age_seconds',
  agreeing: 'chainwatch_rpc_sources_agreeing',
  sources: 'chainwatch_rpc_sources',
  ether: 'chainwatch_account_balance_ether',
  quorum: 'chainwatch_account_balance_quorum',
};

/** Everything at once: one question, so that all values are of one moment. */
export const READINGS_QUERY = `{__name__=~"${Object.values(NAMES).join('|')}"}`;

/** What the exporter reads of a network, from the answer to READINGS_QUERY; empty where it reads nothing. */
export function readingsOf(
  network: string,
  samples: readonly Sample[],
): { readonly heads: readonly HeadReading[]; readonly balances: readonly BalanceReading[] } {
  const own = samples.filter(({ labels }) => labels.network === network);
  const named = (name: string) => own.filter(({ labels }) => labels.__name__ === name);
  const sameLayer = (name: string, layer: string) => named(name).find(({ labels }) => labels.layer === layer)?.value;
  const heads = named(NAMES.sources).map(({ labels: { layer = '' }, value }) => ({
    layer,
    height: sameLayer(NAMES.height, layer),
    ageSeconds: sameLayer(NAMES.age, layer),
    agreeing: sameLayer(NAMES.agreeing, layer) ?? 0,
    sources: value,
  }));
  // The quorum is there also where the balance is not.
  const balances = named(NAMES.quorum).map(({ labels: { layer = '', role = '', address = '' } }) => {
    const balance = named(NAMES.ether).find(({ labels }) => labels.role === role && labels.address === address);
    return { layer, role, address, ether: balance?.value };
  });
  return {
    heads: heads.sort((a, b) => (a.layer < b.layer ? -1 : 1)),
    balances: balances.sort((a, b) => (`${a.layer} ${a.role}` < `${b.layer} ${b.role}` ? -1 : 1)),
  };
}

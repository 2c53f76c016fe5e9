import type { LayerPlan } from './layer.ts';
import type { ExporterSettings } from './settings.ts';

/** The layers of all networks, sorted: each with its endpoints and the accounts that live there. */
export function layersOf({ networks }: ExporterSettings): LayerPlan[] {
  return networks
    .flatMap(({ network, chain, endpoints, accounts }) => {
      const names = new Set([...endpoints, ...accounts].map(({ layer }) => layer));
      return [...names].map((layer) => ({
        network,
        chain,
        layer,
        endpoints: endpoints.filter((endpoint) => endpoint.layer === layer),
        accounts: accounts.filter((account) => account.layer === layer),
      }));
    })
    .sort((a, b) => (`${a.network} ${a.layer}` < `${b.network} ${b.layer}` ? -1 : 1));
}

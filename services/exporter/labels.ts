import type { Endpoint } from './evm/endpoint.ts';
import type { LayerSampler } from './layer.ts';
import type { AccountSettings } from './settings.ts';

export type Labels = Readonly<Record<string, string>>;

export function layerLabels({ plan: { network, chain, layer } }: LayerSampler): Labels {
  return { network, chain, layer };
}

export function endpointLabels(layer: LayerSampler, endpoint: Endpoint): Labels {
  return { ...layerLabels(layer), endpoint: layer.names().get(endpoint) ?? endpoint.host };
}

export function accountLabels(layer: LayerSampler, { role, address }: AccountSettings): Labels {
  return { ...layerLabels(layer), role, address };
}

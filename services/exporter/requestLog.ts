import type { Registry } from 'prom-client';
import { counter, gauge, histogram } from '../shared/metrics.ts';
import { ENDPOINT_METHODS, type Endpoint, type EndpointMethod } from './evm/endpoint.ts';
import { endpointLabels, type Labels, layerLabels } from './labels.ts';
import type { LayerObserver, LayerSampler } from './layer.ts';
import { exporterMetrics as m } from './metrics.ts';
import { RPC_FAULTS, type RpcFault } from './rpc/fault.ts';

/** Counts requests, faults and reorganisations, under the names that the endpoints have at that moment. */
export class RequestLog implements LayerObserver {
  readonly #seconds;
  readonly #errors;
  readonly #reorgs;
  readonly #reorgDepth;
  readonly #owners = new Map<Endpoint, LayerSampler>();
  readonly #known = new Map<Endpoint, Labels>();

  constructor(registry: Registry) {
    this.#seconds = histogram(registry, m.requestSeconds);
    this.#errors = counter(registry, m.errors);
    this.#reorgs = counter(registry, m.reorgs);
    this.#reorgDepth = gauge(registry, m.reorgDepth);
  }

  /** Makes the counters of a layer, so that their first increase is seen as one. */
  add(layer: LayerSampler): void {
    this.#reorgs.inc(layerLabels(layer), 0);
    this.#reorgDepth.set(layerLabels(layer), 0);
    for (const endpoint of layer.endpoints) {
      this.#owners.set(endpoint, layer);
      this.#labels(endpoint);
    }
  }

  answered(endpoint: Endpoint, method: EndpointMethod, seconds: number): void {
    const labels = this.#labels(endpoint);
    if (labels !== undefined) this.#seconds.observe({ ...labels, method }, seconds);
  }

  failed(endpoint: Endpoint, { kind }: RpcFault): void {
    const labels = this.#labels(endpoint);
    if (labels !== undefined) this.#errors.inc({ ...labels, kind });
  }

  reorged(layer: LayerSampler, depth: number): void {
    this.#reorgs.inc(layerLabels(layer));
    this.#reorgDepth.set(layerLabels(layer), depth);
  }

  /** An endpoint whose file now holds another host gets new series, and its old ones end. */
  #labels(endpoint: Endpoint): Labels | undefined {
    const layer = this.#owners.get(endpoint);
    if (layer === undefined) return undefined;
    const now = endpointLabels(layer, endpoint);
    const before = this.#known.get(endpoint);
    if (before !== undefined && before.endpoint === now.endpoint) return before;
    this.#known.set(endpoint, now);
    for (const kind of RPC_FAULTS) {
      if (before !== undefined) this.#errors.remove({ ...before, kind });
      this.#errors.inc({ ...now, kind }, 0);
    }
    if (before !== undefined) for (const method of ENDPOINT_METHODS) this.#seconds.remove({ ...before, method });
    return now;
  }
}

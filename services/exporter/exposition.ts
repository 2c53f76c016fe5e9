import type { Gauge, Registry } from 'prom-client';
import { gauge, type MetricSpec } from '../shared/metrics.ts';
import { fromWei } from './evm/decode.ts';
import { accountLabels, endpointLabels, type Labels, layerLabels } from './labels.ts';
import type { AccountState, EndpointState, LayerSampler, LayerState } from './layer.ts';
import { exporterMetrics as m } from './metrics.ts';

export interface Exposed {
  readonly layers: readonly LayerSampler[];
  /** Milliseconds that a balance is shown after the last round that had a majority for it. */
  readonly holdFor: number;
  /** Milliseconds of Unix time. */
  readonly now: () => number;
}

type Row = readonly [Labels, number | boolean | bigint | undefined];

/** Adds the gauges, each filled at the scrape from what the layers know then. */
export function addReadings(registry: Registry, exposed: Exposed): void {
  const add = (spec: MetricSpec, rows: () => Iterable<Row>) => {
    gauge(registry, spec, (each) => fill(each, rows()));
  };
  const seconds = () => exposed.now() / 1000;

  const ofLayers = (read: (state: LayerState, layer: LayerSampler) => Row[1]) => () =>
    exposed.layers.flatMap((layer): Row[] => {
      const { state } = layer;
      return state === undefined ? [] : [[layerLabels(layer), read(state, layer)]];
    });
  add(
    m.sources,
    ofLayers((_, { endpoints }) => endpoints.length),
  );
  add(
    m.sourcesAgreeing,
    ofLayers(({ agreed }) => agreed?.sources ?? 0),
  );
  add(
    m.quorum,
    ofLayers(({ agreed }) => agreed !== undefined),
  );
  add(
    m.disagreement,
    ofLayers(({ disagreement }) => disagreement),
  );
  add(
    m.agreedHead,
    ofLayers(({ agreed }) => agreed?.height),
  );
  add(
    m.agreedHeadAge,
    ofLayers(({ agreed }) => agreed && seconds() - agreed.timestamp),
  );
  add(
    m.baseFee,
    ofLayers(({ agreed }) => agreed?.baseFee && fromWei(agreed.baseFee, 9)),
  );
  add(
    m.lastRound,
    ofLayers(({ at }) => at / 1000),
  );
  add(
    m.roundSeconds,
    ofLayers((state) => state.seconds),
  );

  const ofEndpoints = (read: (state: EndpointState) => Row[1]) => () =>
    exposed.layers.flatMap((layer) =>
      [...(layer.state?.endpoints ?? [])].map(
        ([endpoint, state]): Row => [endpointLabels(layer, endpoint), read(state)],
      ),
    );
  add(m.up, ofEndpoints(isUp));
  add(
    m.chainMatches,
    ofEndpoints((state) => (isUp(state) ? state.reading.fault === undefined : undefined)),
  );
  add(
    m.headBlock,
    ofEndpoints(({ reading }) => reading.head?.height),
  );
  add(
    m.headTimestamp,
    ofEndpoints(({ reading }) => reading.head?.timestamp),
  );
  add(
    m.headAge,
    ofEndpoints(({ reading }) => reading.head && seconds() - reading.head.timestamp),
  );
  add(
    m.behind,
    ofEndpoints(({ behind }) => behind),
  );
  add(
    m.agrees,
    ofEndpoints(({ follows }) => follows),
  );
  add(
    m.syncing,
    ofEndpoints(({ reading }) => reading.syncing),
  );
  add(
    m.gasPrice,
    ofEndpoints(({ reading: { gasPrice } }) => (gasPrice === undefined ? undefined : fromWei(gasPrice, 9))),
  );

  const ofAccounts = (read: (account: AccountState) => Row[1]) => () =>
    exposed.layers.flatMap((layer) =>
      [...(layer.state?.accounts ?? [])].map(([account, state]): Row => {
        const { quorum, agreed } = state;
        const shown = agreed !== undefined && exposed.now() - agreed.at <= exposed.holdFor ? agreed : undefined;
        return [accountLabels(layer, account), read({ quorum, agreed: shown })];
      }),
    );
  add(
    m.balance,
    ofAccounts(({ agreed }) => agreed && fromWei(agreed.wei, 18)),
  );
  add(
    m.balanceQuorum,
    ofAccounts(({ quorum }) => quorum),
  );
  add(
    m.balanceHead,
    ofAccounts(({ agreed }) => agreed?.height),
  );
  add(
    m.balanceHeadAge,
    ofAccounts(({ agreed }) => agreed && seconds() - agreed.timestamp),
  );
}

/** It answers, be it for the wrong chain. */
function isUp({ reading: { fault } }: EndpointState): boolean {
  return fault === undefined || fault.kind === 'wrong_chain';
}

/** A row without a value is left out: its series ends. */
function fill(each: Gauge<string>, rows: Iterable<Row>): void {
  each.reset();
  for (const [labels, value] of rows) if (value !== undefined) each.set(labels, Number(value));
}

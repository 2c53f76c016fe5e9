/** The EQ service, which proves that Celestia has a blob, with the Celestia node and the prover network that it depends on. */
import { formatDuration } from '../../config/duration.ts';
import type { Fault } from '../../config/faults.ts';
import { duration } from '../../config/fields.ts';
import type { Network } from '../../config/networks.ts';
import { convert, parseQuantity, parseUnit, UnitError } from '../../config/units.ts';
import { type Chain, type Component, defineChain } from '../../model/chain.ts';
import { dashboards } from './dashboards.ts';

/** Seconds. The defaults of the rules, which fit the service's own default timeout. */
export const PROOF_LIMITS = { EqServiceSlowZkProofGeneration: 90, EqServiceVerySlowZkProofGeneration: 114 } as const;
const DEFAULT_TIMEOUT = 120;
/** The last finite bucket of the service's histogram, as a share of its timeout. */
const LAST_BUCKET = 1.1;

const components: readonly Component[] = [
  { name: 'eq-service', metricsPath: '/metrics', description: 'takes jobs, asks for proofs, answers over gRPC' },
  { name: 'celestia-node', metricsPath: '/metrics', description: 'a collector that shows what the node pushes' },
  {
    name: 'celestia-rpc',
    metricsPath: '/probe',
    probe: 'tcp_connect',
    description: 'RPC of the Celestia node, asked from outside',
  },
  {
    name: 'succinct-rpc',
    metricsPath: '/probe',
    probe: 'tcp_connect',
    description: 'RPC of the prover network, asked from outside',
  },
  { name: 'eq-host', metricsPath: '/metrics', description: 'node_exporter of the machine that the service runs on' },
  { name: 'eq-containers', metricsPath: '/metrics', description: 'cAdvisor of the machine that the service runs on' },
];

export const eqService: Chain = defineChain({
  name: 'eq-service',
  title: 'EQ Service',
  scope: 'network',
  components,
  always: [],
  fields: {
    proofTimeout: duration({ min: 20 })
      .prefault('120s')
      .describe('PROOF_GEN_TIMEOUT_SECONDS of the service: its histogram of proof times ends a tenth above it'),
  },
  check: ({ proofTimeout }, network) => [...unreachable(proofTimeout, network), ...unasked(network)],
  advise: ({ proofTimeout }, { alerts }) =>
    Object.keys(PROOF_LIMITS)
      .filter((name) => proofTimeout > DEFAULT_TIMEOUT && alerts[name]?.threshold === undefined)
      .map((name) => ({
        path: ['proofTimeout'],
        message: `is longer than the service's default, and the limit of ${name} is still the one for ${formatDuration(DEFAULT_TIMEOUT)}: give it a threshold`,
      })),
  dashboards,
});

/** No quantile is above the last finite bucket, so an alert with a limit there never fires. */
function unreachable(proofTimeout: number, { alerts }: Network): Fault[] {
  const last = Math.floor(LAST_BUCKET * proofTimeout + 1e-9);
  return Object.entries(PROOF_LIMITS).flatMap(([name, usual]) => {
    const tuning = alerts[name];
    const limit = tuning?.threshold === undefined ? usual : seconds(tuning.threshold);
    if (tuning?.enabled === false || limit === undefined || limit < last) return [];
    const path = tuning?.threshold === undefined ? ['proofTimeout'] : ['alerts', name, 'threshold'];
    const message = `with it ${name} never fires: its limit is ${formatDuration(limit)}, and no proof time is known above ${formatDuration(last)} (a tenth above proofTimeout); give a threshold below that`;
    return [{ path, message }];
  });
}

/** `undefined` where it is no time: that is said elsewhere. */
function seconds(threshold: string | number): number | undefined {
  try {
    return convert(parseQuantity(threshold), parseUnit('s'));
  } catch (error) {
    if (error instanceof UnitError) return undefined;
    throw error;
  }
}

/** The blackbox exporter is given an address; it looks nobody up. */
function unasked({ nodes }: Network): Fault[] {
  return components.flatMap(({ name, probe }) =>
    probe === undefined
      ? []
      : (nodes[name] ?? []).flatMap(({ selected, service }, index) =>
          selected === undefined && service === undefined
            ? []
            : [{ path: ['nodes', name, index], message: 'is asked from outside: give its address, host:port' }],
        ),
  );
}

/** A simulated environment: a machine, its containers, probes, a Prometheus with two Alertmanagers, and our own services. */
import { Timeline } from '../simulation/timeline.ts';
import type { SimulatedTarget, Simulator } from '../simulator.ts';
import { exposeAlertmanager } from './simulation/alertmanager.ts';
import {
  type Absence,
  againAndAgain,
  CUT_OFF,
  cutOff,
  ENDED,
  ended,
  nowAndThen,
  startedAnew,
  startedTwice,
} from './simulation/away.ts';
import { exposeContainers } from './simulation/containers.ts';
import { exposeExporter } from './simulation/exporter.ts';
import { faults } from './simulation/faults.ts';
import { exposeAgent, exposeAggregator } from './simulation/fleet.ts';
import { exposeHost } from './simulation/host.ts';
import { exposeProbe, exposeProber, exposePushgateway } from './simulation/probes.ts';
import { exposePrometheus } from './simulation/prometheus.ts';
import { exposeReceiver } from './simulation/receiver.ts';
import { exposeStatus } from './simulation/service.ts';

interface Program {
  /** When it is not there. */
  readonly absences?: readonly Absence[];
  readonly expose: (timeline: Timeline, target: SimulatedTarget) => string;
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  'node-exporter': { absences: [cutOff('host-cut-off'), startedAnew('host-restarted', 180)], expose: exposeHost },
  cadvisor: { absences: [cutOff('cadvisor-cut-off')], expose: exposeContainers },
  blackbox: { expose: exposeProbe },
  'blackbox-exporter': { absences: [nowAndThen('prober-flapping', 180)], expose: exposeProber },
  pushgateway: { expose: exposePushgateway },
  prometheus: { absences: [ended('prometheus-down'), startedTwice('wal-damaged')], expose: exposePrometheus },
  alertmanager: {
    absences: [ended('alertmanager-down')],
    expose: (timeline, target) => exposeAlertmanager(target, timeline),
  },
  receiver: { absences: [ended('receiver-down')], expose: exposeReceiver },
  status: { absences: [ended('status-down')], expose: exposeStatus },
  aggregator: { expose: (timeline, target) => exposeAggregator(target, timeline) },
  agent: { expose: exposeAgent },
  exporter: { absences: [againAndAgain('exporter-restarting')], expose: exposeExporter },
};

export const systemSimulator: Simulator = {
  chain: 'system',
  faults,
  expose(target, moment) {
    const program = PROGRAMS[target.component];
    if (!program) return '';
    const away = (program.absences ?? []).flatMap((absence) => absence(moment.faults, moment.time));
    const timeline = new Timeline({ ...moment, faults: [...moment.faults, ...away] }, target, ENDED);
    return timeline.isActive(ENDED, CUT_OFF) ? undefined : program.expose(timeline, target);
  },
};

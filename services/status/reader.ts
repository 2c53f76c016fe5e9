import type { Registry } from 'prom-client';
import { counter, gauge, histogram } from '../shared/metrics.ts';
import { assess } from './assess.ts';
import { statusMetrics as m } from './metrics.ts';
import { QUIET_QUERY } from './quiet.ts';
import { READINGS_QUERY } from './readings.ts';
import { limitsOf, type RunbookLimit } from './runbooks/limits.ts';
import type { RunbookName } from './runbooks/shelf.ts';
import type { StatusSettings } from './settings.ts';
import type { Status } from './status.ts';
import { readAlertmanager } from './upstream/alertmanager.ts';
import type { Asked } from './upstream/ask.ts';
import { type RuleGroup, readRules, readTargets, readVector, type Sample } from './upstream/prometheus.ts';

/** However many look at the page, the upstreams are asked no more often than this. */
const FRESH_FOR_MS = 1_000;
const QUIET_FRESH_FOR_MS = 10_000;

interface Read {
  readonly status: Status;
  readonly rules: Asked<readonly RuleGroup[]>;
}

/** Reads the status when somebody wants to see it. */
export class StatusReader {
  readonly #settings: StatusSettings;
  readonly #scrub: (text: string) => string;
  readonly #runbooks: ReadonlySet<string>;
  readonly #up;
  readonly #seconds;
  readonly #errors;
  #lastQuiet: { readonly at: number; readonly asked: Promise<Asked<readonly Sample[]>> } | undefined;
  #last: { readonly at: number; readonly read: Promise<Read> } | undefined;

  constructor(settings: StatusSettings, registry: Registry, scrub: (text: string) => string) {
    this.#settings = settings;
    this.#scrub = scrub;
    this.#runbooks = new Set(settings.runbooks);
    this.#up = gauge(registry, m.upstreamUp);
    this.#seconds = histogram(registry, m.upstreamSeconds);
    this.#errors = counter(registry, m.upstreamErrors);
    for (const upstream of ['prometheus', 'alertmanager']) this.#errors.inc({ upstream }, 0);
  }

  /** Never rejects: what cannot be read is unknown. */
  async read(): Promise<Status> {
    return (await this.#fresh()).status;
  }

  /** What the rules that Prometheus has say of one alert's limits. Never rejects. */
  async readLimits(page: RunbookName): Promise<Asked<readonly RunbookLimit[]>> {
    const { rules } = await this.#fresh();
    if (!rules.ok) return rules;
    return {
      ok: true,
      value: limitsOf(page, rules.value).map((each) => ({ ...each, limit: this.#scrub(each.limit) })),
    };
  }

  #fresh(): Promise<Read> {
    const now = Date.now();
    if (this.#last === undefined || Math.abs(now - this.#last.at) >= FRESH_FOR_MS) {
      this.#last = { at: now, read: this.#read() };
    }
    return this.#last.read;
  }

  async #read(): Promise<Read> {
    const { prometheusUrl, alertmanagerUrl, environment, networks } = this.#settings;
    const [rules, targets, readings, quiet, alertmanager] = await Promise.all([
      this.#measured('prometheus', readRules(prometheusUrl)),
      this.#measured('prometheus', readTargets(prometheusUrl)),
      this.#measured('prometheus', readVector(prometheusUrl, READINGS_QUERY)),
      this.#quiet(),
      alertmanagerUrl === undefined ? undefined : this.#measured('alertmanager', readAlertmanager(alertmanagerUrl)),
    ]);
    const read = { now: Date.now(), environment, networks, rules, targets, readings, quiet, alertmanager };
    return { status: assess({ ...read, runbooks: this.#runbooks, scrub: this.#scrub }), rules };
  }

  /** Looks back over a day, and changes slowly: asked less often than the rest. */
  #quiet(): Promise<Asked<readonly Sample[]>> {
    const now = Date.now();
    if (this.#lastQuiet === undefined || Math.abs(now - this.#lastQuiet.at) >= QUIET_FRESH_FOR_MS) {
      const asked = this.#measured('prometheus', readVector(this.#settings.prometheusUrl, QUIET_QUERY));
      this.#lastQuiet = { at: now, asked };
    }
    return this.#lastQuiet.asked;
  }

  async #measured<T>(upstream: string, asking: Promise<Asked<T>>): Promise<Asked<T>> {
    const started = performance.now();
    const answer = await asking;
    this.#seconds.observe({ upstream }, (performance.now() - started) / 1000);
    this.#up.set({ upstream }, answer.ok ? 1 : 0);
    if (!answer.ok) this.#errors.inc({ upstream });
    return answer;
  }
}

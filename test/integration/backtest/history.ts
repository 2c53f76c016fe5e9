/** Recorded history: the same series for promtool, whose rule engine is Prometheus' own, and in the disk format of a running Prometheus. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultInterval, SimulatedTarget, Simulator } from '../../../chains/simulator.ts';
import { freePort } from '../../../tools/freePort.ts';
import { locateProgram } from '../../../tools/index.ts';
import { run } from '../../fixtures/programs.ts';
import { known } from '../../fixtures/real.ts';

/** Seconds between samples, and between evaluations. */
export const STEP = 60;

/** Series by `name{labels}`; a sample for each step, or none. It begins in 1970, where promtool's clock does. */
export type History = ReadonlyMap<string, readonly (string | undefined)[]>;

/** What a simulated network exposes, of the metrics that rules `read`. */
export function simulated(
  simulator: Simulator,
  network: string,
  shape: Readonly<Record<string, number>>,
  faults: readonly FaultInterval[],
  steps: number,
  read: ReadonlySet<string>,
): Map<string, (string | undefined)[]> {
  const targets = Object.entries(shape).flatMap(([component, count]) =>
    Array.from(
      { length: count },
      (_, index): SimulatedTarget => ({ component, index, instance: `${component}-${index}` }),
    ),
  );
  const history = new Map<string, (string | undefined)[]>();
  const put = (series: string, step: number, value: string) => {
    const values = history.get(series) ?? new Array<string | undefined>(steps).fill(undefined);
    history.set(series, values);
    values[step] = value;
  };
  for (let step = 0; step < steps; step += 1) {
    const moment = { time: step * STEP, wallStart: 0, timeScale: 1, seed: 1, faults };
    for (const target of targets) {
      const { nameLabel } =
        known.chains.get(simulator.chain)?.components.find(({ name }) => name === target.component) ?? {};
      const named = nameLabel === undefined ? '' : `,${nameLabel}="${target.instance}"`;
      const own = `network="${network}",component="${target.component}",instance="${target.instance}"${named}`;
      const page = simulator.expose(target, moment);
      put(`up{${own}}`, step, page === undefined ? '0' : '1');
      for (const line of page?.split('\n') ?? []) {
        const [, name = '', labels, value = ''] = /^(\w+) ?(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
        const others = labels?.replaceAll(/(^|,)(network|component|instance)="/g, '$1exported_$2="');
        if (read.has(name)) put(`${name}{${own}${others ? `,${others}` : ''}}`, step, value);
      }
    }
  }
  return history;
}

/** For `input_series` of a promtool test. */
export function inputSeries(history: History): string[] {
  return [...history].map(
    ([name, values]) => `      - { series: '${name}', values: '${values.map((value) => value ?? '_').join(' ')}' }`,
  );
}

function openMetrics(history: History): string {
  const lines = [...history].flatMap(([name, values]) =>
    values.flatMap((value, step) => (value === undefined ? [] : [`${name} ${value} ${step * STEP}`])),
  );
  return `${lines.join('\n')}\n# EOF\n`;
}

export class RecordedPrometheus {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
  }

  /** A Prometheus that scrapes nothing, with this history on its disk. */
  static async start(history: History, folder: string): Promise<RecordedPrometheus> {
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(folder, 'history.om'), openMetrics(history));
    writeFileSync(join(folder, 'prometheus.yml'), 'scrape_configs: []\n');
    const made = await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'history.om'), data]);
    if (made.code !== 0) throw new Error(`${made.stdout}${made.stderr}`);
    const program = await locateProgram('prometheus');
    if (!program) throw new Error('prometheus is not at hand');
    const port = await freePort();
    const child = spawn(
      program.path,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: 'ignore' },
    );
    const own = new RecordedPrometheus(`http://127.0.0.1:${port}`, child);
    for (let tries = 0; tries < 200; tries += 1) {
      const ready = await fetch(`${own.url}/-/ready`).catch(() => undefined);
      if (ready?.ok) return own;
      await sleep(100);
    }
    await own.stop();
    throw new Error('Prometheus does not become ready');
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }
}

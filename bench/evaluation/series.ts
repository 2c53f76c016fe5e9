/** Half an hour of what simulated networks expose, as Prometheus would have scraped it: the file that `promtool` makes blocks of. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { simulators } from '../../chains/simulators.ts';
import type { ScrapeJob } from '../../model/plan/jobs.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { metricsOf } from '../../model/promql/selectors.ts';

/** Seconds. They end now: a rule records nothing at a time that lies before what is there. */
const PAST = 1800;
const STEP = 120;
/** Processes that a simulator plays for each component; others have the same series under other names. */
const VARIANTS = 2;
/** Simulated seconds since which the networks have run. */
const AGE = 86_400;

interface Line {
  readonly name: string;
  /** `name{label="value"`, without what the target adds. */
  readonly start: string;
  readonly value: string;
}

/** What simulators say of the series that some rule reads, kept for the processes that say the same. */
export class Pages {
  readonly #read: ReadonlySet<string>;
  readonly #lines = new Map<string, readonly Line[]>();
  readonly end: number;

  /** @param now seconds of Unix time */
  constructor({ ruleGroups }: Plan, now: number) {
    this.#read = new Set(ruleGroups.flatMap(({ rules }) => rules.flatMap(({ expr }) => metricsOf(expr))));
    this.end = Math.floor(now / STEP) * STEP;
  }

  at({ labels, targets }: ScrapeJob, index: number, time: number): readonly Line[] {
    const { chain = '', component = '' } = labels;
    const variant = Math.min(index, VARIANTS - 1);
    const key = `${chain}/${component}/${variant}/${time}`;
    const known = this.#lines.get(key);
    if (known) return known;
    const wallStart = this.end - PAST - AGE;
    const moment = { time: time - wallStart, wallStart, timeScale: 1, faults: [], seed: 1 };
    const text =
      simulators.get(chain)?.expose({ component, index: variant, instance: `node-${variant}` }, moment) ?? '';
    const taken = new Set(['job', ...Object.keys({ ...labels, ...targets[index]?.labels })]);
    const lines = text
      .split('\n')
      .flatMap((line) => linesOf(line, taken))
      .filter(({ name }) => this.#read.has(name));
    this.#lines.set(key, lines);
    return lines;
  }
}

/** @param taken labels of the target: they win, and Prometheus renames the program's own */
function linesOf(line: string, taken: ReadonlySet<string>): Line[] {
  const [, name, labels, value] = /^([a-zA-Z_:][\w:]*)\s*(\{.*\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) return [];
  const inner = (labels?.slice(1, -1) ?? '')
    .replace(/,\s*$/, '')
    .replace(/(^|,)(\w+)=/g, (all, comma: string, own: string) => (taken.has(own) ? `${comma}exported_${own}=` : all));
  return [{ name, start: `${name}{${inner}${inner === '' ? '' : ','}`, value }];
}

/** @returns how many series there are */
export async function writeSeries(plan: Plan, pages: Pages, file: string, signal: AbortSignal): Promise<number> {
  const processes = plan.scrapeJobs
    .filter(({ owner }) => owner !== 'system')
    .flatMap((job) =>
      job.targets.map((target, index) => ({
        job,
        index,
        end: endOf({ job: job.name, ...job.labels, ...target.labels }),
      })),
    );
  let series = 0;
  function* text(): Generator<string> {
    for (let time = pages.end - PAST; time <= pages.end; time += STEP) {
      series = 0;
      for (const { job, index, end } of processes) {
        const lines = [...OWN, ...pages.at(job, index, time)].map(
          ({ start, value }) => `${start}${end}${value} ${time}\n`,
        );
        series += lines.length;
        yield lines.join('');
      }
    }
    yield '# EOF\n';
  }
  await pipeline(Readable.from(text()), createWriteStream(file), { signal });
  return series;
}

function endOf(labels: Readonly<Record<string, string>>): string {
  return `${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}} `;
}

/** What Prometheus adds of each target. */
const OWN: readonly Line[] = Object.entries({
  up: '1',
  scrape_duration_seconds: '0.01',
  scrape_samples_scraped: '100',
  scrape_samples_post_metric_relabeling: '100',
  scrape_series_added: '0',
}).map(([name, value]) => ({ name, start: `${name}{`, value }));

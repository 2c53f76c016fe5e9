/** The catalogue of a pack, `metrics.yaml`: every metric that its chain emits, with type, labels, unit and source. */
import { z } from 'zod';
import { strict, wording } from '../../config/fields.ts';
import { linesOf } from './lines.ts';
import { content, RuleFileError } from './ruleFile.ts';

const metric = strict({
  name: z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/),
  component: z.string().optional(),
  type: z.enum(['gauge', 'counter', 'histogram', 'summary', 'untyped']),
  labels: z.array(z.string()).default([]),
  values: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe('label → all values it may have, where the set is closed'),
  unit: z.string().default(''),
  help: z.string().min(1),
  source: z.string().min(1),
  shared: z.boolean().default(false).describe('one series for all networks: gets no matcher'),
  synthetic: z.boolean().default(false).describe('made by Prometheus itself'),
  realTime: z
    .boolean()
    .default(false)
    .describe(
      'a time of a real machine, which compressed time does not reach: unless simulated, its limits stay as they are',
    ),
  recorded: z.boolean().default(false).describe('made by a recording rule of this pack'),
  deprecated: z
    .boolean()
    .default(false)
    .describe('dropped upstream, or a name that was never emitted: no rule reads it'),
  because: z.string().optional().describe('of a deprecated one, after "which …": "no program emits"'),
  replacement: z.string().optional().describe('of a deprecated one: what to read instead, in PromQL, or "none"'),
  buckets: z.array(z.number()).optional(),
  since: z.string().optional(),
  note: z.string().optional(),
});
export type Metric = Readonly<z.infer<typeof metric>>;

const catalogue = strict({
  chain: z.string(),
  scope: z.enum(['network', 'environment']),
  /** For alerts of `system`: which alert of kube-prometheus covers the same, so that a cluster gets only one of them. */
  alsoInKubePrometheus: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  metrics: z.array(metric),
});

export interface Catalogue {
  readonly chain: string;
  readonly scope: 'network' | 'environment';
  /** Our alert → the alert or alerts of kube-prometheus that cover the same. */
  readonly alsoInKubePrometheus: Readonly<Record<string, string | readonly string[]>>;
  readonly metrics: ReadonlyMap<string, Metric>;
}

/** @throws RuleFileError with all faults */
export function parseCatalogue(text: string, name: string): Catalogue {
  const plain = content(text, name);
  const outcome = catalogue.safeParse(plain, { error: wording });
  if (!outcome.success) {
    const lines = linesOf(text);
    const faults = outcome.error.issues.map(({ path, message }) => {
      const line = lines.at(path);
      return `${name}${line === undefined ? '' : `:${line}`}: ${path.join('.')}: ${message}`;
    });
    throw new RuleFileError(faults);
  }
  const { metrics, ...rest } = outcome.data;
  const byName = new Map<string, Metric>();
  const faults: string[] = [];
  for (const [index, entry] of metrics.entries()) {
    if (byName.has(entry.name))
      faults.push(`${name}:${linesOf(text).at(['metrics', index])}: ${entry.name} is listed twice`);
    byName.set(entry.name, entry);
  }
  if (faults.length > 0) throw new RuleFileError(faults);
  return { ...rest, metrics: byName };
}

/** What a deprecated metric says where nothing takes its place. */
export const NO_REPLACEMENT = 'none';

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
};

/** The metric that a series' name belongs to: `x_bucket` is of the histogram `x`. */
export function metricOfSeries(catalogues: readonly Catalogue[], series: string): Metric | undefined {
  for (const { metrics } of catalogues) {
    const exact = metrics.get(series);
    if (exact) return exact;
  }
  for (const [type, suffixes] of Object.entries(SUFFIXES)) {
    for (const suffix of suffixes.filter((ending) => series.endsWith(ending))) {
      const base = series.slice(0, -suffix.length);
      const found = catalogues.map(({ metrics }) => metrics.get(base)).find((entry) => entry?.type === type);
      if (found) return found;
    }
  }
  return undefined;
}

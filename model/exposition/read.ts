/**
 * What a program exposes: the text format of Prometheus (0.0.4 and 1.0.0) and OpenMetrics, as families with their types.
 * Whatever it is given, it answers: with families, and with what is wrong, by line.
 */
import { readLabels } from './labels.ts';

/** `unknown`: it says no type, or says that it knows none. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown';

export interface Family {
  /** As series carry it: a counter of OpenMetrics has its `_total`, an info its `_info`. */
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  /** Of OpenMetrics only; else empty. */
  readonly unit: string;
  /** Label → values seen. Sorted, without `le` of a histogram and `quantile` of a summary. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Upper ends of a histogram's buckets, those of all series together, rising, without `+Inf`. */
  readonly buckets: readonly number[];
  /** Of a summary. */
  readonly quantiles: readonly string[];
  readonly series: number;
}

export interface Exposition {
  /** Sorted by name. */
  readonly families: readonly Family[];
  /** `line 7: …`; what is told here is no part of the families. */
  readonly faults: readonly string[];
}

const NAME = /^[a-zA-Z_:][\w:]*/;
const NUMBER = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan|0x[\da-f]+)$/i;
const STAMP = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const TYPES: Readonly<Record<string, FamilyType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  untyped: 'unknown',
  unknown: 'unknown',
  // Series of these are plain numbers to Prometheus, which may rise and fall.
  info: 'gauge',
  stateset: 'gauge',
  gaugehistogram: 'unknown',
};
/** What series of a family may be called besides its name. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['_sum', '_count', '_created'],
  info: ['_info'],
  gaugehistogram: ['_bucket', '_gsum', '_gcount'],
};

/** As it is gathered. */
interface Draft {
  said: string;
  help: string;
  unit: string;
  /** The suffix that its series really carry, where that belongs to the name. */
  suffix: string;
  readonly labels: Map<string, Set<string>>;
  series: number;
}

export function readExposition(text: string): Exposition {
  const drafts = new Map<string, Draft>();
  const faults: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '').replace(/^[ \t]+/, '');
    if (line === '') continue;
    if (/^#\s*EOF\s*$/.test(line)) break;
    const fault = line.startsWith('#') ? readComment(line, drafts) : readSample(line, drafts);
    if (fault !== undefined) faults.push(`line ${index + 1}: ${fault}`);
  }
  const families = [...drafts].filter(([, { series }]) => series > 0).map(([name, draft]) => finished(name, draft));
  return { families: families.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)), faults };
}

function draftOf(drafts: Map<string, Draft>, name: string): Draft {
  const known = drafts.get(name);
  if (known) return known;
  const draft: Draft = { said: '', help: '', unit: '', suffix: '', labels: new Map(), series: 0 };
  drafts.set(name, draft);
  return draft;
}

/** Any other comment is only that. */
function readComment(line: string, drafts: Map<string, Draft>): string | undefined {
  const said = /^#[ \t]+(TYPE|HELP|UNIT)[ \t]+(?:"((?:[^"\\]|\\.)+)"|(\S+))(?:[ \t]+(.*))?$/.exec(line);
  if (!said) return undefined;
  const [, kind, quoted, plain, rest = ''] = said;
  const name = quoted ?? plain ?? '';
  if (quoted === undefined && NAME.exec(name)?.[0] !== name) return `${kind} names "${name}", which is no metric`;
  if (kind === 'TYPE') {
    const type = rest.trim();
    if (!Object.hasOwn(TYPES, type)) return `TYPE of ${name} is "${type}", which is none`;
    draftOf(drafts, name).said = type;
  } else if (kind === 'HELP') draftOf(drafts, name).help = rest.replaceAll('\\n', ' ').replaceAll('\\\\', '\\').trim();
  else draftOf(drafts, name).unit = rest.trim();
  return undefined;
}

function readSample(line: string, drafts: Map<string, Draft>): string | undefined {
  const plain = NAME.exec(line)?.[0] ?? '';
  const brace = plain.length + (/^[ \t]*(?=\{)/.exec(line.slice(plain.length))?.[0].length ?? 0);
  const set = line[brace] === '{' ? readLabels(line, brace) : { labels: {}, end: plain.length };
  const quote = `"${line.length > 60 ? `${line.slice(0, 60)}…` : line}"`;
  if (typeof set === 'string') return `${quote} ${set}`;
  const name = plain === '' ? set.name : plain;
  if (name === undefined || name === '') return `${quote} is neither a comment nor a sample`;
  // Behind " # " come exemplars.
  const [value = '', stamp, ...more] =
    line
      .slice(set.end)
      .split(/[ \t]+#[ \t]/)[0]
      ?.trim()
      .split(/[ \t]+/) ?? [];
  if (!NUMBER.test(value)) return `${quote} has no number for a value`;
  if (more.length > 0 || (stamp !== undefined && !STAMP.test(stamp))) return `${quote} goes on after its value`;
  const { draft, suffix } = familyOf(name, drafts);
  if (suffix === '_created' && draft.said !== '') return undefined;
  if (suffix === '_total' || suffix === '_info') draft.suffix = suffix;
  draft.series += 1;
  for (const [label, content] of Object.entries(set.labels)) {
    const seen = draft.labels.get(label);
    if (seen) seen.add(content);
    else draft.labels.set(label, new Set([content]));
  }
  return undefined;
}

function familyOf(name: string, drafts: Map<string, Draft>): { draft: Draft; suffix: string } {
  const exact = drafts.get(name);
  if (exact && exact.said !== '') return { draft: exact, suffix: '' };
  for (const suffix of ['_bucket', '_sum', '_count', '_created', '_total', '_info', '_gsum', '_gcount']) {
    if (!name.endsWith(suffix)) continue;
    const draft = drafts.get(name.slice(0, -suffix.length));
    if (draft && SUFFIXES[draft.said]?.includes(suffix)) return { draft, suffix };
  }
  return { draft: draftOf(drafts, name), suffix: '' };
}

function finished(base: string, { said, help, unit, suffix, labels, series }: Draft): Family {
  const type = TYPES[said] ?? 'unknown';
  const implied =
    type === 'histogram' || said === 'gaugehistogram' ? 'le' : type === 'summary' ? 'quantile' : undefined;
  const seen = (label: string) => [...(labels.get(label) ?? [])];
  return {
    name: `${base}${suffix}`,
    type,
    help,
    unit,
    labels: new Map(
      [...labels]
        .filter(([label]) => label !== implied)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([label, values]) => [label, [...values].sort()]),
    ),
    buckets: implied === 'le' ? finite(seen('le')) : [],
    quantiles: implied === 'quantile' ? seen('quantile').sort() : [],
    series,
  };
}

function finite(ends: readonly string[]): number[] {
  const numbers = ends.map(Number).filter(Number.isFinite);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

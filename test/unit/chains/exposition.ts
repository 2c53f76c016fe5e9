/** A strict reader of the text format: what Prometheus would refuse, it refuses. */

export interface Sample {
  readonly family: string;
  readonly type: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Name and labels, as one. */
  readonly series: string;
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  gauge: [''],
  counter: [''],
  untyped: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/gy;

/** @throws Error that quotes the line */
export function readExposition(text: string): Sample[] {
  const samples: Sample[] = [];
  const seen = new Set<string>();
  const types = new Map<string, string>();
  let family = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (gauge|counter|untyped|histogram|summary)$/.exec(line);
    if (type) {
      family = type[1] ?? '';
      if (types.has(family)) throw new Error(`a second time: ${line}`);
      types.set(family, type[2] ?? '');
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*) ?(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!sample) throw new Error(`no sample: ${line}`);
    const [, name = '', set = '', number = ''] = sample;
    const kind = types.get(family) ?? '';
    if (!SUFFIXES[kind]?.some((suffix) => name === family + suffix)) throw new Error(`not of ${family}: ${line}`);
    const { labels, key } = labelsOf(set, line);
    const series = `${name}${key}`;
    if (seen.has(series)) throw new Error(`a second time: ${line}`);
    seen.add(series);
    const value = number === '+Inf' ? Infinity : Number(number);
    if (Number.isNaN(value)) throw new Error(`no number: ${line}`);
    samples.push({ family, type: kind, name, labels, value, series });
  }
  return samples;
}

// The same labels come back in every scrape, by the thousand.
const known = new Map<string, { readonly labels: Readonly<Record<string, string>>; readonly key: string }>();

function labelsOf(set: string, line: string) {
  const found = known.get(set);
  if (found) return found;
  const labels = readLabels(set, line);
  const read = { labels, key: JSON.stringify(Object.entries(labels).sort()) };
  known.set(set, read);
  return read;
}

function readLabels(set: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < set.length) {
    const pair = LABEL.exec(set);
    if (!pair) throw new Error(`labels: ${line}`);
    const [, label = '', value = ''] = pair;
    if (label in labels) throw new Error(`label twice: ${line}`);
    labels[label] = value;
  }
  return labels;
}

// Counters by type, geth's by name since it calls them gauges, heads and events by what they are. Nonces belong to the account.
const COUNTED = new RegExp(
  [
    'refs_number',
    '^chain_head_(block|header|receipt|safe|finalized)$',
    '^chain_reorg_',
    'last_.*_unix$',
    'current_nonce$',
    'sequenced_total$',
    'bandwidth',
    '^rpc_(requests|failure|success)$',
    '^txpool_(overflowed|underpriced|invalid|valid|known|(pending|queued)_.*)$',
    'acted_l1',
    '^p2p_(dials|dials_success|serves|ingress|egress)$',
    'procload_total$',
    '^system_disk_',
    '_(disk_write|compact_output|writedelay_duration|writedelay_counter)$',
  ].join('|'),
);

/** Whether a series may never fall while its process lives. */
export function onlyGrows({ name, type }: Pick<Sample, 'name' | 'type'>): boolean {
  return type === 'counter' || type === 'histogram' || COUNTED.test(name);
}

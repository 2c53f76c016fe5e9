/** One sample of the text that Prometheus scrapes. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(,|(?=\}))/y;
const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\\\': '\\', '\\"': '"' };

/**
 * Reads the samples of some metrics from an exposition (text format 0.0.4, or OpenMetrics), and passes over all others without reading them.
 *
 * A line that cannot be read, or whose value is no finite number, is left out.
 */
export function* samplesOf(text: string, names: ReadonlySet<string>): Generator<Sample> {
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
    if (name === undefined || !names.has(name)) continue;
    const sample = readSample(line, name);
    if (sample !== undefined) yield sample;
  }
}

function readSample(line: string, name: string): Sample | undefined {
  const labels = new Map<string, string>();
  let at = name.length;
  if (line[at] === '{') {
    at += 1;
    while (line[at] !== '}') {
      LABEL.lastIndex = at;
      const match = LABEL.exec(line);
      if (match === null) return undefined;
      labels.set(
        match[1] ?? '',
        (match[2] ?? '').replace(/\\[n\\"]/g, (written) => ESCAPES[written] ?? written),
      );
      at = LABEL.lastIndex;
    }
    at += 1;
  }
  const written = /^\s+(\S+)/.exec(line.slice(at))?.[1];
  const value = written === undefined ? Number.NaN : Number(written);
  return Number.isFinite(value) ? { name, labels, value } : undefined;
}

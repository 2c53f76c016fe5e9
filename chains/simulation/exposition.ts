/** Writes Prometheus' text format the way the simulated programs do: families sorted by name, each with its type. */

export type Labels = Readonly<Record<string, string | number>>;

/** `count` observations of `value`. */
export interface Observations {
  readonly value: number;
  readonly count: number;
}

export interface Style {
  /** One line for each metric; without it there are no HELP lines, as geth's exporter writes none. */
  readonly help?: (metric: string) => string;
  /** geth writes counters as gauges' equals and the count of a summary as a family of its own. */
  readonly geth?: boolean;
}

interface Family {
  readonly type: string;
  readonly lines: string[];
}

export class Exposition {
  readonly #families = new Map<string, Family>();
  readonly #style: Style;

  constructor(style: Style = {}) {
    this.#style = style;
  }

  gauge(name: string, value: number, labels: Labels = {}): this {
    return this.#add(name, 'gauge', name, value, labels);
  }

  counter(name: string, value: number, labels: Labels = {}): this {
    return this.#add(name, 'counter', name, value, labels);
  }

  /** What a program passes on without knowing what it is. */
  untyped(name: string, value: number, labels: Labels = {}): this {
    return this.#add(name, 'untyped', name, value, labels);
  }

  /** @param bounds upper bounds without the infinite one, rising */
  histogram(name: string, bounds: readonly number[], observed: readonly Observations[], labels: Labels = {}): this {
    const upTo = (bound: number) => observed.reduce((sum, { value, count }) => sum + (value <= bound ? count : 0), 0);
    for (const bound of [...bounds, Infinity])
      this.#add(name, 'histogram', `${name}_bucket`, upTo(bound), { ...labels, le: formatValue(bound) });
    const sum = observed.reduce((total, { value, count }) => total + value * count, 0);
    this.#add(name, 'histogram', `${name}_sum`, sum, labels);
    return this.#add(name, 'histogram', `${name}_count`, upTo(Infinity), labels);
  }

  /** As geth's exporter writes one: quantiles and a count; with a sum as Go programs do. */
  summary(name: string, quantiles: Readonly<Record<string, number>>, count: number, sum?: number): this {
    for (const [quantile, value] of Object.entries(quantiles)) this.#add(name, 'summary', name, value, { quantile });
    if (sum !== undefined) this.#add(name, 'summary', `${name}_sum`, sum, {});
    return this.#style.geth
      ? this.#add(`${name}_count`, 'counter', `${name}_count`, count, {})
      : this.#add(name, 'summary', `${name}_count`, count, {});
  }

  toString(): string {
    const { help, geth } = this.#style;
    return [...this.#families]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { type, lines }]) => {
        const head = `${help ? `# HELP ${name} ${escapeHelp(help(name))}\n` : ''}# TYPE ${name} ${type}\n`;
        return `${head}${lines.join('\n')}\n${geth ? '\n' : ''}`;
      })
      .join('');
  }

  #add(family: string, type: string, series: string, value: number, labels: Labels): this {
    const entry = this.#families.get(family) ?? { type, lines: [] };
    this.#families.set(family, entry);
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(String(text))}"`);
    const set = pairs.length === 0 ? '' : `${this.#style.geth ? ' ' : ''}{${pairs.join(',')}}`;
    entry.lines.push(`${series}${set} ${formatValue(value)}`);
    return this;
  }
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

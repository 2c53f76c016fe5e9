/** Writes Prometheus' text format: families in the order of their first sample, each with its type. */

export type Labels = Readonly<Record<string, string | number>>;

export interface Distribution {
  /** How many observations there were. */
  readonly count: number;
  /** The part of them that was at most `bound`, 0 to 1; rising. */
  readonly below: (bound: number) => number;
  readonly sum: number;
}

export class Exposition {
  readonly #families = new Map<string, { readonly type: string; readonly lines: string[] }>();

  gauge(name: string, value: number, labels: Labels = {}): this {
    return this.#add(name, 'gauge', name, value, labels);
  }

  counter(name: string, value: number, labels: Labels = {}): this {
    return this.#add(name, 'counter', name, value, labels);
  }

  /** @param bounds upper bounds without the infinite one */
  histogram(name: string, bounds: readonly number[], { count, below, sum }: Distribution, labels: Labels = {}): this {
    for (const bound of bounds)
      this.#add(name, 'histogram', `${name}_bucket`, Math.floor(count * below(bound)), { ...labels, le: bound });
    this.#add(name, 'histogram', `${name}_bucket`, count, { ...labels, le: '+Inf' });
    this.#add(name, 'histogram', `${name}_sum`, sum, labels);
    return this.#add(name, 'histogram', `${name}_count`, count, labels);
  }

  /** As geth's exporter writes one: quantiles and a count, no sum. */
  summary(name: string, quantiles: Readonly<Record<string, number>>, count: number, labels: Labels = {}): this {
    for (const [quantile, value] of Object.entries(quantiles))
      this.#add(name, 'summary', name, value, { ...labels, quantile });
    return this.#add(name, 'summary', `${name}_count`, count, labels);
  }

  toString(): string {
    return [...this.#families]
      .map(([name, { type, lines }]) => `# TYPE ${name} ${type}\n${lines.join('\n')}\n`)
      .join('');
  }

  #add(family: string, type: string, series: string, value: number, labels: Labels): this {
    const entry = this.#families.get(family) ?? { type, lines: [] };
    this.#families.set(family, entry);
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(String(text))}"`);
    entry.lines.push(`${series}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${formatValue(value)}`);
    return this;
  }
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

import type { Snapshot } from './snapshots.ts';

/**
 * The numbers of snapshots as Prometheus' text format has them: one series for each, with the peer as a label.
 *
 * What is no number has no series there.
 */
export function exposition(snapshots: readonly Snapshot[]): string {
  const byName = new Map<string, string[]>();
  for (const { peer_id, metrics } of snapshots) {
    for (const [name, value] of numbers(metrics, 'peer')) {
      const lines = byName.get(name) ?? [];
      lines.push(`${name}{peer_id="${peer_id}"} ${value}\n`);
      byName.set(name, lines);
    }
  }
  // Series of one name stand together, or the text is none.
  return [...byName].flatMap(([name, lines]) => [`# TYPE ${name} untyped\n`, ...lines]).join('');
}

/** How many series one snapshot has. */
export function seriesOf({ metrics }: Snapshot): number {
  return [...numbers(metrics, '')].length;
}

function* numbers(metrics: object, name: string): Generator<readonly [string, number]> {
  for (const [key, value] of Object.entries(metrics)) {
    if (typeof value === 'number') yield [`${name}_${key}`, value];
    else if (typeof value === 'object' && value !== null) yield* numbers(value, `${name}_${key}`);
  }
}

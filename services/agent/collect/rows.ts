import { CollectFault } from './fault.ts';
import { isRecord, valueAt } from './json.ts';

/** One peer as a source tells it. */
export interface PeerRow {
  readonly peer: string;
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** How rows of peers are found in a result of JSON-RPC. Paths are members with dots between. */
export interface RowMapping {
  /** Of the list of rows, or of an object whose names are the peers; empty for the result itself. */
  readonly rows: string;
  /** In a row, the name of the peer; empty where the rows are named by their peers. */
  readonly peer: string;
  /** In a row, the object of metrics; empty for the row itself. */
  readonly metrics: string;
  /** Members of the metrics to be taken; all where left out. */
  readonly pick?: readonly string[] | undefined;
}

/**
 * Reads the rows of a result. A row without peer or metrics is left out and counted: one odd row is no reason to lose the others.
 *
 * @throws CollectFault where there is no list of rows at all
 */
export function rowsOf(result: unknown, mapping: RowMapping): { rows: PeerRow[]; odd: number } {
  const found = valueAt(result, mapping.rows);
  const place = mapping.rows === '' ? 'the result' : `"${mapping.rows}" of the result`;
  let named: readonly (readonly [string, unknown])[];
  if (Array.isArray(found)) named = found.map((row) => ['', row]);
  else if (isRecord(found)) named = Object.entries(found);
  else throw new CollectFault('payload', `${place} is no list of peers`);
  const rows: PeerRow[] = [];
  for (const [name, row] of named) {
    const peer = mapping.peer === '' ? name : valueAt(row, mapping.peer);
    const metrics = valueAt(row, mapping.metrics);
    if (typeof peer === 'string' && peer !== '' && isRecord(metrics))
      rows.push({ peer, metrics: picked(metrics, mapping) });
  }
  return { rows, odd: named.length - rows.length };
}

function picked(metrics: Readonly<Record<string, unknown>>, { pick }: RowMapping): Readonly<Record<string, unknown>> {
  if (pick === undefined) return metrics;
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => pick.includes(name)));
}

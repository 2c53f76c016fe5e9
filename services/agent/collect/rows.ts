import { CollectFault } from './fault.ts';
import { isRecord, valueAt } from './json.ts';

const MOST_NAMES = 12;
const MOST_CHARACTERS = 200;

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

export interface ReadRows {
  readonly rows: PeerRow[];
  /** Rows that could not be used. */
  readonly odd: number;
  /** Why the first of these could not. */
  readonly why: string | undefined;
}

/**
 * Reads the rows of a result. A row without peer or metrics is left out and counted: one odd row is no reason to lose the others.
 *
 * @throws CollectFault where there is no list of rows at all
 */
export function rowsOf(result: unknown, mapping: RowMapping): ReadRows {
  const found = valueAt(result, mapping.rows);
  const place = mapping.rows === '' ? 'the result' : `"${mapping.rows}" of the result`;
  let named: readonly (readonly [string, unknown])[];
  if (Array.isArray(found)) named = found.map((row) => ['', row]);
  else if (isRecord(found)) named = Object.entries(found);
  else throw new CollectFault('payload', `${place} is no list of peers`);
  const rows: PeerRow[] = [];
  let why: string | undefined;
  for (const [name, row] of named) {
    const peer = mapping.peer === '' ? name : valueAt(row, mapping.peer);
    const metrics = valueAt(row, mapping.metrics);
    if (typeof peer === 'string' && peer !== '' && isRecord(metrics))
      rows.push({ peer, metrics: picked(metrics, mapping) });
    else why ??= misfit(row, peer, mapping);
  }
  return { rows, odd: named.length - rows.length, why };
}

/** Which setting does not fit, and what there is in its place. */
function misfit(row: unknown, peer: unknown, mapping: RowMapping): string {
  if (typeof peer !== 'string' || peer === '') {
    if (mapping.peer === '') return 'a row is not named by its peer (peer: "")';
    return `a row has no text at "${mapping.peer}" (peer); ${membersOf(row)}`;
  }
  const place = mapping.metrics === '' ? 'is no object' : `has no object at "${mapping.metrics}"`;
  return `a row ${place} (metrics); ${membersOf(row)}`;
}

/** Names, never values: they may say where somebody lives. */
function membersOf(row: unknown): string {
  if (!isRecord(row)) return 'it has no members';
  return `it has ${Object.keys(row).slice(0, MOST_NAMES).join(', ').slice(0, MOST_CHARACTERS)}`;
}

function picked(metrics: Readonly<Record<string, unknown>>, { pick }: RowMapping): Readonly<Record<string, unknown>> {
  if (pick === undefined) return metrics;
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => pick.includes(name)));
}

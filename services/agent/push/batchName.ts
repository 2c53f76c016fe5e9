/** What the name of a batch's file says. */
export interface BatchName {
  /** Place in the queue, from 1. */
  readonly seq: number;
  /** Which part of what was one batch once: empty for a whole, `.0` and `.1` for its halves, `.1.0` for a half of a half. */
  readonly part: string;
  /** `x-batch-id`: a UUID, and the part. */
  readonly id: string;
  readonly snapshots: number;
}

/** The end of a name whose file is not complete. */
export const TEMPORARY = '.tmp';

const NAME = /^(\d{12,15})-(\d{1,9})-([A-Za-z0-9_-]{1,64}?)((?:\.[01])*)\.json\.gz$/;

/** `000000000012-500-3b2f….0.json.gz` */
export function fileOf({ seq, snapshots, id }: BatchName): string {
  return `${String(seq).padStart(12, '0')}-${snapshots}-${id}.json.gz`;
}

/** @returns undefined for a file that is none of ours */
export function readName(file: string): BatchName | undefined {
  const [, seq, snapshots, id, part] = NAME.exec(file) ?? [];
  if (seq === undefined || snapshots === undefined || id === undefined || part === undefined) return undefined;
  return { seq: Number(seq), part, id: `${id}${part}`, snapshots: Number(snapshots) };
}

/** Oldest first; a whole before its parts. */
export function compareNames(a: BatchName, b: BatchName): number {
  if (a.seq !== b.seq) return a.seq - b.seq;
  return a.part < b.part ? -1 : a.part > b.part ? 1 : 0;
}

/** The first (0) or second (1) half of a batch. */
export function halfOf({ seq, part, id }: BatchName, half: number): Omit<BatchName, 'snapshots'> {
  return { seq, part: `${part}.${half}`, id: `${id}.${half}` };
}

/** Whether one is a part of the other. */
export function isBelow(part: BatchName, whole: BatchName): boolean {
  return part.seq === whole.seq && part.id.startsWith(`${whole.id}.`);
}

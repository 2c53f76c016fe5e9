/** What is wrong with a stack file: all of it at once, each fault with its place and the remedy. */
import { distance } from 'fastest-levenshtein';

export type Path = readonly (string | number)[];

export interface Fault {
  /** From the configuration key on: `['chainwatch:networks', 'op-testnet', 'nodes']`. */
  readonly path: Path;
  /** What is wrong and what to do about it. */
  readonly message: string;
}

/** A place in a file, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where a path lies in the file that was read. */
export type Locate = (path: Path) => Place | undefined;

/** Without a line where it is about something that the file does not have. */
export interface LocatedFault extends Fault, Partial<Place> {}

export class ConfigError extends Error {
  /** In the order of the file. */
  readonly faults: readonly LocatedFault[];

  /** @param file what to call the source in the message, e.g. `Pulumi.testnet.yaml` */
  constructor(faults: readonly Fault[], file: string, locate?: Locate) {
    const located = locateFaults(faults, locate);
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super([`${file} has ${count}:`, ...located.map((fault) => `  ${formatFault(fault, file)}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = located;
  }
}

export function locateFaults(faults: readonly Fault[], locate?: Locate): LocatedFault[] {
  return faults
    .map((fault) => ({ ...fault, ...locate?.(fault.path) }))
    .sort((a: Partial<Place>, b: Partial<Place>) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** `Pulumi.dev.yaml:5:7  chainwatch:networks.op: what is wrong` */
export function formatFault({ path, message, line, column }: LocatedFault, file: string): string {
  const place = line === undefined ? '' : `:${line}:${column}`;
  return `${file}${place}  ${path.length > 0 ? `${formatPath(path)}: ` : ''}${message}`;
}

/** `chainwatch:networks.op-testnet.nodes.op-geth[0]` */
export function formatPath(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** Whether a path is another one, or leads on from it. */
export function isBelow(path: Path, start: Path): boolean {
  return start.every((part, index) => path[index] === part);
}

/** The known name that a misspelt one most likely means, or `undefined` where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const best = ranked(name, known)[0];
  const contained = known.filter(
    (candidate) => name.length > 3 && candidate.toLowerCase().includes(name.toLowerCase()),
  );
  // Of a name of two letters nothing would be left.
  if (best && best.far < Math.max(2, name.length) && best.far <= Math.max(2, Math.floor(name.length / 3)))
    return best.candidate;
  return contained[0];
}

function ranked(name: string, known: readonly string[]) {
  return known
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || a.candidate.localeCompare(b.candidate));
}

/** A list longer than this is not read. */
const LISTED = 12;
const NEAREST = 5;

/**
 * `unknown receiver "onkall"; did you mean "oncall"?`, or the list of what there is; of many the nearest few.
 * @param all a command that lists them all
 */
export function unknownName(kind: string, name: string, known: readonly string[], all?: string): string {
  return `unknown ${kind} "${name}"; ${helpFor(name, known, all)}`;
}

function helpFor(name: string, known: readonly string[], all: string | undefined): string {
  const near = nearest(name, known);
  if (near) return `did you mean "${near}"?`;
  if (known.length === 0) return 'there are none here';
  if (known.length <= LISTED) return `known: ${[...known].sort().join(', ')}`;
  const few = ranked(name, known)
    .slice(0, NEAREST)
    .map(({ candidate }) => candidate);
  return `the nearest of ${known.length}: ${few.join(', ')}${all === undefined ? '' : `; all of them: ${all}`}`;
}

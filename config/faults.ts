/** What is wrong with a stack file: all of it at once, each fault with its place and the remedy. */
import { distance } from 'fastest-levenshtein';

export type Path = readonly (string | number)[];

export interface Fault {
  /** From the configuration key on: `['chainwatch:networks', 'op-testnet', 'nodes']`. */
  readonly path: Path;
  /** What is wrong and what to do about it. */
  readonly message: string;
}

/** Where a path lies in the file that was read, counted from 1. */
export type Locate = (path: Path) => { readonly line: number; readonly column: number } | undefined;

export class ConfigError extends Error {
  readonly faults: readonly Fault[];

  /** @param file what to call the source in the message, e.g. `Pulumi.testnet.yaml` */
  constructor(faults: readonly Fault[], file: string, locate?: Locate) {
    super(describeFaults(faults, file, locate));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

function describeFaults(faults: readonly Fault[], file: string, locate?: Locate): string {
  const lines = faults.map((fault) => {
    const at = locate?.(fault.path);
    return {
      at,
      text: `  ${file}${at ? `:${at.line}:${at.column}` : ''}  ${fault.path.length > 0 ? `${formatPath(fault.path)}: ` : ''}${fault.message}`,
    };
  });
  lines.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return [`${file} has ${count}:`, ...lines.map((line) => line.text)].join('\n');
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
  const ranked = known
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || a.candidate.localeCompare(b.candidate));
  const best = ranked[0];
  const contained = known.filter(
    (candidate) => name.length > 3 && candidate.toLowerCase().includes(name.toLowerCase()),
  );
  if (best && best.far <= Math.max(2, Math.floor(name.length / 3))) return best.candidate;
  return contained[0];
}

/** `unknown receiver "onkall"; did you mean "oncall"?`, or the list of what there is. */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const names = [...known].sort().join(', ');
  const help = near ? `did you mean "${near}"?` : known.length === 0 ? `there are none here` : `known: ${names}`;
  return `unknown ${kind} "${name}"; ${help}`;
}

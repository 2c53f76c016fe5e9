/** What promtool says of a test with mutants beside each other. */
import { NUMBERED } from './job.ts';

/** Numbers of mutants. */
export interface Verdict {
  /** Something that the test expects of it did not hold. */
  readonly failed: ReadonlySet<number>;
  /** Its evaluation failed. There promtool gives up: what it would have said of the others is missing. */
  readonly stopped: ReadonlySet<number>;
  /** Prometheus does not load it: it is no mutant at all, and nothing was said of the others. */
  readonly refused: ReadonlySet<number>;
}

const SAID = /^\s*(alertname|rule|expr): (.*), time: /;
const REFUSED = /rule \d+, "([^"]*)": /;

export function readVerdict(output: string): Verdict {
  const found = { failed: new Set<number>(), stopped: new Set<number>(), refused: new Set<number>() };
  for (const line of output.split('\n')) {
    const [, what, said] = SAID.exec(line) ?? [];
    const [, number] = NUMBERED.exec(said ?? REFUSED.exec(line)?.[1] ?? '') ?? [];
    if (number === undefined) continue;
    const which = what === undefined ? found.refused : what === 'rule' ? found.stopped : found.failed;
    which.add(Number(number));
  }
  return found;
}

/** The last lines of `npm test`: what was passed, failed and skipped, so that the tail of a log is enough. */
import pc from 'picocolors';

export interface Failure {
  /** A test with its file, or what else failed. */
  readonly name: string;
  /** One line. */
  readonly error: string;
}

export interface LayerCounts {
  readonly passed: number;
  readonly failed: readonly Failure[];
  /** Passed, but only when tried again; with what the first try brought. */
  readonly unsteady: readonly Failure[];
  /** What was not tested here, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

export interface LayerResult extends LayerCounts {
  readonly name: string;
  readonly seconds: number;
}

export function summary(results: readonly LayerResult[]): string[] {
  const skips = results.flatMap(({ name, skipped }) => skipped.map((skip) => ({ layer: name, ...skip })));
  const failures = results.flatMap(({ name, failed }) => failed.map((failure) => ({ layer: name, ...failure })));
  const unsteady = results.flatMap(({ name, unsteady: some }) => some.map((failure) => ({ layer: name, ...failure })));
  const passed = results.reduce((total, result) => total + result.passed, 0);
  return [
    ...results.map(({ name, seconds, passed: good, failed, skipped }) => {
      const mark = failed.length > 0 ? pc.red('✗') : skipped.length > 0 ? pc.yellow('●') : pc.green('●');
      const counts = `${good} passed, ${failed.length} failed, ${skipped.length} skipped`;
      return `${mark} ${name.padEnd(12)} ${counts}  (${seconds.toFixed(1)} s)`;
    }),
    ...(skips.length === 0 ? ['Nothing was skipped.'] : ['Skipped:', ...skipLines(skips)]),
    ...failureLines('Passed only when tried again; each is a fault of the test or of the code:', unsteady),
    ...failureLines('Failed:', failures),
    `${passed} passed, ${failures.length} failed, ${skips.length} skipped`,
  ];
}

function failureLines(title: string, failures: readonly (Failure & { readonly layer: string })[]): string[] {
  if (failures.length === 0) return [];
  return [title, ...failures.flatMap(({ layer, name, error }) => [`  ${layer}: ${name}`, `    ${error}`])];
}

/** A line for each reason, with the names that share it, so that the last lines can be read at a glance. */
function skipLines(
  skips: readonly { readonly layer: string; readonly name: string; readonly reason: string }[],
): string[] {
  const alike = Map.groupBy(skips, ({ layer, reason }) => `${layer}: ${reason}`);
  return [...alike].flatMap(([why, those]) => {
    const names = those.map(({ name }) => name);
    const shown = names.length > 3 ? [`${names.length} tests, such as ${names[0]}`] : names;
    return [`  ${why}`, ...shown.map((name) => `    ${name}`)];
  });
}

/** The first line of an error; of a property that failed also how to try the same again. */
export function firstLine(message: string): string {
  const [first = '', second = ''] = message.trim().split('\n');
  const line = second.startsWith('{ seed: ') ? `${first} ${second}` : first;
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

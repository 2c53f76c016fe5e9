/** Which stack a backtest is about: history is in real time, so a stack in compressed time has none. */
import { CliError } from '../errors.ts';
import { loadStack, stackNames } from '../loadStack.ts';

/** The stack that was named, or the first that runs in real time. @throws CliError before anything is asked or built */
export function stackFor(named: string | undefined, cwd: string): string {
  if (named !== undefined) {
    const scale = scaleOf(named, cwd);
    if (scale !== undefined && scale !== 1) throw tooFast(named, scale, stacksInRealTime(cwd));
    return named;
  }
  const names = stackNames(cwd);
  const [first] = stacksInRealTime(cwd);
  if (first !== undefined) return first;
  throw new CliError(
    names.length === 0
      ? `there is no stack file (Pulumi.<stack>.yaml) in ${cwd}`
      : `no stack here is one that can be read and runs in real time: ${names.join(', ')}`,
    { remedy: 'name one: --stack mainnet' },
  );
}

/** @param others that would do */
export function tooFast(stack: string, timeScale: number, others: readonly string[] = []): CliError {
  return new CliError(
    `stack ${stack} runs ${timeScale} times as fast as its chains (timeScale), so its history is not in the time of its rules`,
    {
      remedy:
        others.length === 0
          ? 'choose a stack that runs in real time'
          : `choose a stack that runs in real time: --stack ${others.join(', --stack ')}`,
    },
  );
}

function stacksInRealTime(cwd: string): string[] {
  return stackNames(cwd).filter((name) => scaleOf(name, cwd) === 1);
}

/** `undefined` where the file cannot be read: what is wrong with it is told where it is used. */
function scaleOf(name: string, cwd: string): number | undefined {
  try {
    return loadStack(name, cwd).stack.prometheus.timeScale;
  } catch {
    return undefined;
  }
}

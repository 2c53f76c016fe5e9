/**
 * Places where a test can make the process die, as by a power switch.
 *
 * `CHAINWATCH_FAILPOINT=<name>:<n>` kills this process with SIGKILL the n-th time (1 where left out) that the
 * failpoint is passed. Without the variable a failpoint costs one comparison. A worker thread counts for itself.
 */
export type Failpoint = (name: string) => void;

const NONE: Failpoint = () => {};

/** @param setting the value of CHAINWATCH_FAILPOINT */
export function createFailpoint(setting: string | undefined): Failpoint {
  if (setting === undefined || setting === '') return NONE;
  const separator = setting.lastIndexOf(':');
  const named = separator < 0 ? setting : setting.slice(0, separator);
  const nth = separator < 0 ? 1 : Number(setting.slice(separator + 1));
  let passed = 0;
  return (name) => {
    if (name !== named) return;
    passed += 1;
    if (passed === nth) process.kill(process.pid, 'SIGKILL');
  };
}

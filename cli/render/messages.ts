/** What a Pulumi program says, where no engine listens: its runtime then writes to the console. */

const SAID = /^(?:info|warning|error): \[runtime\] ([\s\S]*)$/;
const WAYS = ['log', 'info', 'warn', 'error'] as const;

/** Hands each message over instead of writing it, until the work is done. What is no message is written as ever. */
export async function listening<T>(onMessage: (text: string) => void, work: () => Promise<T>): Promise<T> {
  const before = WAYS.map((way) => [way, console[way]] as const);
  for (const [way, write] of before)
    console[way] = (...args: unknown[]) => {
      const said = args.length === 1 && typeof args[0] === 'string' ? SAID.exec(args[0])?.[1] : undefined;
      if (said === undefined) write.apply(console, args);
      else onMessage(said);
    };
  try {
    return await work();
  } finally {
    for (const [way, write] of before) console[way] = write;
  }
}

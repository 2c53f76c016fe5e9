/** Whether an expression from elsewhere is one that everything after can walk through. */
import { PromqlError, parsePromql } from '../promql/syntax.ts';

/** Characters. The longest that a person has written for us has a twentieth. */
const LONGEST = 20_000;
const DEEPEST = 200;
const SHOWN = 300;

export interface PromqlFault {
  readonly reason: string;
  /** Offset in the text. */
  readonly at: number;
}

const TOO_DEEP: PromqlFault = { reason: 'has an expression that is nested too deep', at: 0 };

/** `undefined` where it is in order. */
export function faultOf(text: string): PromqlFault | undefined {
  if (text === '') return { reason: 'has no expression', at: 0 };
  if (text.length > LONGEST)
    return { reason: `has an expression of ${text.length} characters, which no person reads`, at: 0 };
  try {
    let depth = 0;
    let deepest = 0;
    parsePromql(text).iterate({
      enter: () => {
        depth += 1;
        deepest = Math.max(deepest, depth);
      },
      leave: () => {
        depth -= 1;
      },
    });
    return deepest > DEEPEST ? TOO_DEEP : undefined;
  } catch (error) {
    // The parser itself calls itself.
    if (error instanceof RangeError) return TOO_DEEP;
    if (!(error instanceof PromqlError)) throw error;
    const { message, offset } = error;
    return { reason: message.length > SHOWN ? `${message.slice(0, SHOWN)}…` : message, at: offset };
  }
}

/** Whether an expression from elsewhere is one that everything after can walk through. */
import { PromqlError, parsePromql } from '../promql/syntax.ts';

/** Characters. The longest that a person has written for us has a twentieth. */
const LONGEST = 20_000;
const SHOWN = 300;

export interface PromqlFault {
  readonly reason: string;
  /** Offset in the text. */
  readonly at: number;
}

/** `undefined` where it is in order. */
export function faultOf(text: string): PromqlFault | undefined {
  if (text === '') return { reason: 'has no expression', at: 0 };
  if (text.length > LONGEST)
    return { reason: `has an expression of ${text.length} characters, which no person reads`, at: 0 };
  try {
    parsePromql(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    const { message, offset } = error;
    return { reason: message.length > SHOWN ? `${message.slice(0, SHOWN)}…` : message, at: offset };
  }
}

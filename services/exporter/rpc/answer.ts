import { z } from 'zod';
import { RpcFault } from './fault.ts';

/** More than the largest block header with the hashes of all its transactions. */
export const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

const answerSchema = z.object({
  id: z.union([z.number(), z.string(), z.null()]).optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number().optional(), message: z.string().optional() }).nullish(),
});

export interface Answer {
  readonly id: number | string | null | undefined;
  /** Gives the `result` member. @throws RpcFault of kind `rpc` or `payload` */
  result(): unknown;
}

/** Reads one JSON-RPC 2.0 response object. @throws RpcFault of kind `payload` */
export function readAnswer(text: string): Answer {
  const outcome = answerSchema.safeParse(parseJson(text));
  if (!outcome.success) throw new RpcFault('payload', 'the answer is not a JSON-RPC response');
  const { id, error, result } = outcome.data;
  return {
    id,
    result() {
      if (error !== undefined && error !== null) {
        const message = `error ${error.code ?? 'without code'}: ${(error.message ?? '').slice(0, 200)}`;
        throw new RpcFault('rpc', message, error.code);
      }
      if (result === undefined) throw new RpcFault('payload', 'the answer has neither a result nor an error');
      return result;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

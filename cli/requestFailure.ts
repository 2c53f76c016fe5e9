/**
 * Why a request had no answer, in few words: fetch itself says no more than that it failed, and has the reason as its cause.
 *
 * @param timeoutSeconds after which it was given up
 */
export function requestFailure(error: unknown, timeoutSeconds: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing within ${timeoutSeconds} s`;
  const { cause } = error;
  if (cause instanceof Error) return cause.message || ('code' in cause ? String(cause.code) : error.message);
  return error.message;
}

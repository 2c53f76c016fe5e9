import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { codeOf, messageOf } from '../../shared/fault.ts';
import type { TlsMaterial } from '../../shared/tls/clientTls.ts';

export interface Question {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /** Ends it, also while the answer is read. */
  readonly signal: AbortSignal;
  /** Called when the other side says that it is at work: see `GET /replica/snapshot`. */
  readonly onSign?: () => void;
}

/**
 * Asks another replica, over a connection of its own. Redirects are not followed: they would carry the token to somewhere else.
 *
 * @returns the answer, whose body is still to be read
 * @throws Error with the system's or the library's word for what went wrong; the signal's reason
 */
export async function ask(url: string, { headers, tls, signal, onSign }: Question): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const target = new URL(url);
  const options = { headers, agent: false as const, signal };
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const sent =
        target.protocol === 'https:' ? httpsRequest(target, { ...options, ...tls }) : httpRequest(target, options);
      if (onSign !== undefined) sent.on('information', onSign);
      sent.once('response', resolve);
      // What comes later is the answer's.
      sent.on('error', reject);
      sent.end();
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(codeOf(error) ?? messageOf(error), { cause: error });
  }
}

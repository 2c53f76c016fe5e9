/** Why a channel did not take a message, in our words where the program's own help nobody, and what to do about it. Pure. */
import { secretVariable } from '../../local/secrets.ts';
import type { Channel } from '../channels.ts';

export interface Failure {
  readonly reason: string;
  readonly remedy: string;
}

/** What Alertmanager, or the Go that it is written in, says of something that is no address. */
const NO_ADDRESS =
  /unsupported protocol scheme|missing protocol scheme|no Host in request URL|invalid (URL|port|control)/;
const REFUSED =
  /\b(40[134]|410)\b|invalid_(auth|token|payload)|no_service|no_team|unauthorized|forbidden|authentication/i;
const NOBODY = /connection refused|no such host|server misbehaving|network is unreachable|no route to host/;

/** @param told what Alertmanager says, without any secret */
export function failureOf(told: string, { kind, secrets }: Channel, stack: string): Failure {
  const where = secrets.map((name) => `${name} (${secretVariable(name)}, or .chainwatch/${stack}/secrets/${name})`);
  const renew = where.length === 0 ? `correct the ${kind} of this receiver` : `correct secret ${where.join(' or ')}`;
  if (NO_ADDRESS.test(told)) {
    const what = secrets.length === 0 ? 'its address' : `secret ${secrets.join(' or ')}`;
    return { reason: `${what} is no address of the web`, remedy: `${renew}: it begins with https://` };
  }
  if (REFUSED.test(told)) return { reason: told, remedy: `it was reached and refuses us: ${renew}` };
  if (NOBODY.test(told)) return { reason: told, remedy: `nobody is at that address: ${renew}, or look at the network` };
  if (/certificate|x509|tls:/.test(told))
    return { reason: told, remedy: 'make its certificate one that this machine trusts, or correct the address' };
  if (/in time|did not answer/.test(told))
    return { reason: told, remedy: 'see whether a firewall is between; --timeout 60s waits longer' };
  return { reason: told, remedy: `look at its own log; if it was never reached, ${renew}` };
}

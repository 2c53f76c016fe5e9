import { isSignedBy } from './ed25519.ts';

export interface Statement {
  readonly network: string;
  /** The name that the peer came by first. */
  readonly peer: string;
  readonly oldKey: string;
  readonly newKey: string;
}

/** What the old key signs. It names all that it is about, so that it can be played again nowhere else. */
export function statementOf({ network, peer, oldKey, newKey }: Statement): Buffer {
  return Buffer.from(`chainwatch: another key of a peer\n${network}\n${peer}\n${oldKey}\n${newKey}\n`);
}

/** Whether the old key has signed a rotation: in our words, or as nodes of the-block do, which sign the 32 bytes of the new key. */
export function isSigned(statement: Statement, signature: string): boolean {
  const { oldKey, newKey } = statement;
  return [statementOf(statement), Buffer.from(newKey, 'hex')].some((message) => isSignedBy(oldKey, message, signature));
}

import { RpcFault } from '../rpc/fault.ts';

/** A block as the quorum compares it. */
export interface Block {
  readonly height: number;
  readonly hash: string;
  readonly parentHash: string;
  /** Seconds of Unix time. */
  readonly timestamp: number;
  /** Wei; undefined before EIP-1559. */
  readonly baseFee: bigint | undefined;
}

// At most 32 bytes: nothing that we ask for is larger, and BigInt of an endless text takes endless time.
const QUANTITY = /^0x[0-9a-f]{1,64}$/i;
const HASH = /^0x[0-9a-f]{64}$/i;

/**
 * An unsigned number as JSON-RPC writes it (`0x1b4`).
 *
 * Leading zeros are forbidden by the execution API, but some nodes send them, and the meaning is clear.
 *
 * @throws RpcFault of kind `payload`
 */
export function readQuantity(value: unknown, what: string): bigint {
  if (typeof value !== 'string' || !QUANTITY.test(value)) {
    throw new RpcFault('payload', `${what} is not a hexadecimal number`);
  }
  return BigInt(value);
}

/** The same, small enough to be counted with. */
export function readNumber(value: unknown, what: string): number {
  const number = Number(readQuantity(value, what));
  if (!Number.isSafeInteger(number)) throw new RpcFault('payload', `${what} is too large`);
  return number;
}

/**
 * The answer of eth_getBlockByNumber.
 *
 * @returns undefined where the endpoint does not have the block
 * @throws RpcFault of kind `payload`
 */
export function readBlock(value: unknown): Block | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'object') throw new RpcFault('payload', 'the block is not an object');
  const member = (name: string): unknown => (name in value ? Reflect.get(value, name) : undefined);
  const baseFee = member('baseFeePerGas');
  return {
    height: readNumber(member('number'), 'the number of the block'),
    hash: readHash(member('hash'), 'the hash of the block'),
    parentHash: readHash(member('parentHash'), 'the parent hash of the block'),
    timestamp: readNumber(member('timestamp'), 'the timestamp of the block'),
    baseFee: baseFee === undefined || baseFee === null ? undefined : readQuantity(baseFee, 'the base fee'),
  };
}

function readHash(value: unknown, what: string): string {
  if (typeof value !== 'string' || !HASH.test(value)) throw new RpcFault('payload', `${what} is not 32 bytes`);
  return value.toLowerCase();
}

/** The answer of eth_syncing: false, or an object with its progress. */
export function readSyncing(value: unknown): boolean {
  if (value === false) return false;
  if (typeof value === 'object' && value !== null) return true;
  throw new RpcFault('payload', 'eth_syncing gave neither false nor an object');
}

/** @param decimals 18 for ether, 9 for gwei */
export function fromWei(wei: bigint, decimals: number): number {
  // Through the decimal text: the quotient of two rounded numbers would be off in the last places.
  const digits = wei.toString().padStart(decimals + 1, '0');
  return Number(`${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`);
}

/** A number as JSON-RPC wants it. */
export function toQuantity(value: number): string {
  return `0x${value.toString(16)}`;
}

import { isChain, type KeyChain } from '../keys/chain.ts';
import { type KeyEvent, rotationOf } from '../keys/rotation.ts';
import type { JsonObject, JsonValue } from './control.ts';

/** What was decided before, and is said once more for replicas that have not heard of it. */
export interface DecidedState {
  readonly chains: readonly KeyChain[];
  /** Whoever holds more shall say it. */
  readonly isWanted: boolean;
}

/** As an entry carries it. @param before the mark for pruning in Unix seconds; 0 for none */
export function stateData(before: number, chains: readonly KeyChain[]): JsonObject {
  return { before, chains: chains.map(chainData) };
}

/** Asks all replicas for all that they hold. */
export const WANTED: JsonObject = { before: 0, chains: [], wanted: true };

/** One chain of those; its size tells how many go into a message. */
export function chainData({ network, peer, events }: KeyChain): JsonObject {
  const data = ({ at, epoch, oldKey, newKey, until, how, signature }: KeyEvent) => {
    return { at, epoch, oldKey, newKey, until, how, signature };
  };
  return { network, peer, events: events.map(data) };
}

/** What is no chain is left out. */
export function readState(data: JsonObject): DecidedState {
  const chains = arrayOf(data.chains).flatMap((value): KeyChain[] => {
    const { network, peer, events } = objectOf(value);
    if (typeof network !== 'string' || typeof peer !== 'string') return [];
    const chain = { network, peer, events: arrayOf(events).flatMap((event) => readEvent(network, peer, event)) };
    return chain.events.length === arrayOf(events).length && isChain(chain) ? [chain] : [];
  });
  return { chains, isWanted: data.wanted === true };
}

function readEvent(network: string, peer: string, value: JsonValue): KeyEvent[] {
  const { at, epoch, ...rotated } = objectOf(value);
  const rotation = rotationOf({ ...rotated, network, peer });
  if (rotation === undefined || !isCount(at) || !isCount(epoch)) return [];
  return [{ ...rotation, at, epoch }];
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function arrayOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: JsonValue): JsonObject {
  const isObject = (candidate: JsonValue): candidate is JsonObject =>
    typeof candidate === 'object' && candidate !== null && !Array.isArray(candidate);
  return isObject(value) ? value : {};
}

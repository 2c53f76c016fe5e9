import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inTransaction } from '../../shared/store/database.ts';
import { KeyHistory } from '../keys/history.ts';
import type { ControlEntry, ControlOutcome, JsonObject } from './control.ts';
import { WANT_KEYS, WANT_MARK } from './decided.ts';
import { readState } from './state.ts';

/**
 * Applies decisions to the store of one replica, in the order in which they come. All replicas get them in the same order, and what
 * becomes of one hangs on nothing else than those before it: so all end up alike.
 *
 * An entry whose epoch is older than the newest applied one is refused: its leader was paused, or cut off, and somebody else leads.
 * What is wrong in an entry changes nothing, and is no error: all replicas would stop at it.
 *
 * A `state` decides nothing, so its epoch refuses nobody: of what it holds and what is here the newer stays, in whichever order they come.
 */
export class Control {
  readonly keys: KeyHistory;
  readonly #db: DatabaseSync;
  readonly #sql: ReturnType<typeof prepare>;
  #marks: { readonly epoch: number; readonly pruneBefore: number } | undefined;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#sql = prepare(db);
    this.keys = new KeyHistory(db);
  }

  /** The newest epoch that decided something here; 0 for none. */
  get epoch(): number {
    return this.#read().epoch;
  }

  /** Samples from before may go, and are not taken any more. Unix seconds. */
  get pruneBefore(): number {
    return this.#read().pruneBefore;
  }

  /** Within a transaction; call `rolledBack` where that fails. @param isLogged it was read in the log of the replicas */
  apply(entry: ControlEntry, isLogged = true): ControlOutcome {
    if (entry.kind !== 'state' && entry.epoch < this.epoch) return 'stale';
    this.#sql.raise.run(entry.epoch, 'epoch');
    if (entry.kind === 'rotate') this.keys.apply(entry, isLogged);
    else this.#raise(secondsOf(entry.data, entry.at), isLogged);
    if (entry.kind === 'state') this.#merge(entry.data, isLogged);
    this.#marks = undefined;
    return 'applied';
  }

  /** In a transaction of its own, and not from the log. */
  applyAlone(entry: ControlEntry): ControlOutcome {
    let outcome: ControlOutcome = 'stale';
    try {
      inTransaction(this.#db, () => {
        outcome = this.apply(entry, false);
      });
    } catch (error) {
      this.rolledBack();
      throw error;
    }
    return outcome;
  }

  rolledBack(): void {
    this.#marks = undefined;
    this.keys.rolledBack();
  }

  #raise(before: number, isLogged: boolean): void {
    this.#sql.raise.run(before, 'prune_before');
    if (isLogged) this.#sql.raise.run(before, 'prune_logged');
  }

  #merge(data: JsonObject, isLogged: boolean): void {
    const { chains, isWanted } = readState(data);
    for (const chain of chains) this.keys.merge(chain, isLogged);
    if (!isWanted || !isLogged) return;
    this.#sql.wantMark.run();
    this.#sql.wantKeys.run();
  }

  #read(): { readonly epoch: number; readonly pruneBefore: number } {
    const value = (key: string) => Number(this.#sql.value.get(key)?.value ?? 0);
    this.#marks ??= { epoch: value('epoch'), pruneBefore: value('prune_before') };
    return this.#marks;
  }
}

/** A mark from beyond the decision itself would take everything: nobody can have meant it. */
function secondsOf({ before }: JsonObject, at: number): number {
  return typeof before === 'number' && Number.isSafeInteger(before) ? Math.min(before, at) : 0;
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    value: sql('SELECT value FROM meta WHERE key = ?'),
    raise: sql('UPDATE meta SET value = max(value, ?) WHERE key = ?'),
    wantMark: sql(WANT_MARK),
    wantKeys: sql(WANT_KEYS),
  };
}

import { parentPort } from 'node:worker_threads';
import { codeOf, messageOf, ServiceFault } from '../fault.ts';
import type { Answer, Command, StoreWriter } from './records.ts';

// SQLite's primary result codes (https://www.sqlite.org/rescode.html).
const SQLITE_PERM = 3;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/**
 * The loop of a writer's thread: a commit waits for the disk, and must not keep the HTTP server from reading the next
 * request. One answer per command, in their order.
 *
 * @param open called at the first command, and again at each until it succeeds: a disk that is full at the start may
 *   have room later
 */
export function runWriter<Item, Outcome, Question = never, Reply = never>(
  open: () => StoreWriter<Item, Outcome, Question, Reply>,
): void {
  let writer: StoreWriter<Item, Outcome, Question, Reply> | undefined;
  const perform = (command: Command<Item, Question>): Answer<Outcome, Reply> => {
    const done = { ok: true, outcomes: [], seconds: 0, goesOn: false, reply: undefined } as const;
    if (command.do === 'close') {
      writer?.close();
      writer = undefined;
      return done;
    }
    writer ??= open();
    switch (command.do) {
      case 'commit': {
        const begun = performance.now();
        const outcomes = writer.commit(command.items);
        return { ...done, outcomes, seconds: (performance.now() - begun) / 1000 };
      }
      case 'ask':
        return { ...done, reply: writer.answer?.(command.question) };
      case 'probe':
        writer.probe(Date.now());
        return done;
      case 'prune':
        return { ...done, goesOn: writer.prune(command.before) };
    }
  };
  parentPort?.on('message', (command: Command<Item, Question>) => {
    let answer: Answer<Outcome, Reply>;
    try {
      answer = perform(command);
    } catch (error) {
      answer = explain(error);
    }
    parentPort?.postMessage(answer);
    if (command.do !== 'commit' || !answer.ok) return;
    try {
      writer?.checkpoint();
    } catch {
      // The log keeps what the checkpoint could not move; the next commit says whether the disk still takes writes.
    }
  });
}

function explain(error: unknown): Answer<never> {
  if (error instanceof ServiceFault) {
    return { ok: false, kind: 'io', reason: error.message, fatal: true, remedy: error.remedy };
  }
  const reason = messageOf(error);
  const sqlite =
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
  const full = sqlite === SQLITE_FULL || codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT';
  if (full) return { ok: false, kind: 'full', reason, fatal: false, remedy: 'make room on its disk' };
  const remedies: Readonly<Record<number, string>> = {
    [SQLITE_PERM]: 'give this user the right to write there',
    [SQLITE_READONLY]: 'give this user the right to write there',
    [SQLITE_CANTOPEN]: 'give this user the right to create files in its folder, or choose another database path',
    [SQLITE_CORRUPT]: 'move the file away (keep it, to recover what it holds) and start again, or restore a backup',
    [SQLITE_NOTADB]: 'choose another database path: this file is something else',
  };
  const remedy = remedies[sqlite];
  const denied = codeOf(error) === 'EACCES' || codeOf(error) === 'EROFS' || codeOf(error) === 'EPERM';
  return {
    ok: false,
    kind: 'io',
    reason,
    fatal: remedy !== undefined || denied,
    remedy: remedy ?? (denied ? 'give this user the right to write there' : 'look at the disk (dmesg, SMART)'),
  };
}

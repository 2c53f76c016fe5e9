import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../../services/shared/log.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';
import { Checkpointer } from '../../../services/shared/store/checkpointer.ts';
import { inTransaction, openForWriting } from '../../../services/shared/store/database.ts';
import { GroupStore } from '../../../services/shared/store/groupStore.ts';
import { until } from '../service/process.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shared-store-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function openWith(program: string) {
  const worker = join(folder, 'worker.mjs');
  writeFileSync(worker, program);
  const told: string[] = [];
  const kind = {
    path: join(folder, 'never.db'),
    worker: pathToFileURL(worker),
    workerData: undefined,
    unit: 'items',
    weigh: () => 1,
    maxCommit: 10,
    maxWaiting: 10,
    openReader: () => ({ close: () => {} }),
  };
  const events = { onDeath: (error: Error) => void told.push(error.message) };
  const log = createLogger('receiver', 'silent', new SecretScrubber());
  return { told, opened: GroupStore.open<string, string, { close(): void }>(kind, events, log) };
}

test('a writer that cannot even be loaded is told of; nobody waits for it', async () => {
  const { opened, told } = openWith('import "./is-not-there.mjs";');
  await expect(opened).rejects.toThrow(/is-not-there/);
  expect(told).toHaveLength(1);
});

test('a writer that dies refuses what waits for it, and all that comes', async () => {
  const { opened, told } = openWith(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ do: what }) => {
      if (what === 'commit') throw new Error('out of luck');
      parentPort.postMessage({ ok: true, outcomes: [], seconds: 0, goesOn: false, reply: undefined });
    });
  `);
  const store = await opened;
  await expect(store.commit(['one'])).rejects.toThrow('out of luck');
  await expect(store.commit(['two'])).rejects.toThrow('out of luck');
  expect(told).toEqual(['out of luck']);
  await store.close();
});

test('the log is moved into the database beside the writer, and begins anew', async () => {
  const path = join(folder, 'store.db');
  const db = openForWriting(path, { steps: ['CREATE TABLE t (body BLOB NOT NULL) STRICT;'] });
  const options = { path, every: 400_000, anew: 1_200_000, failpoint: { name: 'test', setting: undefined } };
  const checkpointer = new Checkpointer(db, options);
  const insert = db.prepare('INSERT INTO t VALUES (zeroblob(100000))');
  const size = (of: string) => statSync(of).size;
  let written = 0;
  const write = async () => {
    insert.run();
    written += 1;
    checkpointer.committed(100_000);
    checkpointer.step();
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await until(async () => {
    await write();
    return size(path) > 2_000_000;
  }, 'rows in the database');
  await until(async () => {
    await write();
    return size(`${path}-wal`) < size(path) / 2;
  }, 'a log that began anew');
  checkpointer.close();
  db.close();
  const again = new DatabaseSync(path, { readOnly: true });
  expect(again.prepare('SELECT count(*) AS rows FROM t').get()).toEqual({ rows: written });
  again.close();
});

test('the log of many small commits is moved as often as that of a few large ones', async () => {
  const path = join(folder, 'store.db');
  const db = openForWriting(path, {
    pragmas: 'PRAGMA page_size = 8192; ',
    steps: [
      'CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT; CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT;',
    ],
  });
  const options = { path, every: 400_000, anew: 1_200_000, failpoint: { name: 'test', setting: undefined } };
  const checkpointer = new Checkpointer(db, options);
  const insert = db.prepare('INSERT INTO t (body) VALUES (zeroblob(100))');
  const other = db.prepare('INSERT INTO other DEFAULT VALUES');
  let largest = 0;
  for (let commit = 0; commit < 1_500; commit += 1) {
    inTransaction(db, () => {
      insert.run();
      other.run();
    });
    checkpointer.committed(100);
    checkpointer.step();
    largest = Math.max(largest, statSync(`${path}-wal`).size);
    if (commit % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  checkpointer.close();
  db.close();
  // Three times `anew` is where the writer waits; the log of all of them together would have 24 MB.
  expect(largest).toBeLessThan(8_000_000);
});

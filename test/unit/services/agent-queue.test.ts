import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileOf, halfOf, readName } from '../../../services/agent/push/batchName.ts';
import { DiskQueue, type QueuedBatch } from '../../../services/agent/push/queue.ts';
import { runs } from '../../fixtures/prove.ts';

let folder: string;
let dropped: string[];
let queue: DiskQueue;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-queue-'));
  dropped = [];
});

afterEach(async () => {
  await queue.close();
  rmSync(folder, { recursive: true });
});

async function open(maxBytes: number, where = folder): Promise<void> {
  queue = await DiskQueue.open({ folder: where, maxBytes, onDropped: ({ id }) => dropped.push(id) });
}

const packed = (bytes: number, snapshots = 4) => ({ body: Buffer.alloc(bytes, 7), snapshots });
const ids = () => queue.list().map(({ id }) => id);

function first(): QueuedBatch {
  const batch = queue.first();
  if (batch === undefined) throw new Error('the queue is empty');
  return batch;
}

describe('the queue on the disk', () => {
  test('keeps order, bodies and counts over a restart', async () => {
    await open(1_000);
    for (const id of ['a', 'b', 'c']) await queue.append({ body: Buffer.from(`body of ${id}`), snapshots: 2 }, id);
    await queue.remove(first());
    await queue.close();
    await open(1_000);
    expect([ids(), queue.length, queue.snapshots, queue.bytes]).toEqual([['b', 'c'], 2, 4, 18]);
    expect(String(await queue.read(first()))).toBe('body of b');
    await queue.append(packed(1), 'd');
    expect(ids()).toEqual(['b', 'c', 'd']);
  });

  test('full, the oldest make room, but not the one under way', async () => {
    await open(30);
    for (const id of ['a', 'b', 'c']) await queue.append(packed(10), id);
    queue.hold(first());
    await queue.append(packed(10), 'd');
    expect([ids(), dropped]).toEqual([['a', 'c', 'd'], ['b']]);
    queue.hold(undefined);
    await queue.append(packed(20), 'e');
    expect([ids(), dropped]).toEqual([
      ['d', 'e'],
      ['b', 'a', 'c'],
    ]);
  });

  test('a batch larger than the whole bound is given up, and costs no other', async () => {
    await open(30);
    await queue.append(packed(10), 'a');
    expect(await queue.append(packed(31), 'b')).toBeUndefined();
    expect([ids(), dropped]).toEqual([['a'], ['b']]);
  });

  test('a smaller bound holds from the start on', async () => {
    await open(30);
    for (const id of ['a', 'b', 'c']) await queue.append(packed(10), id);
    await queue.close();
    await open(15);
    expect([ids(), dropped]).toEqual([['c'], ['a', 'b']]);
  });

  test('halves stand in the place of the whole, with ids that follow from its own', async () => {
    await open(1_000);
    for (const id of ['a', 'b']) await queue.append(packed(10), id);
    await queue.split(first(), [packed(6, 3), packed(5, 1)]);
    await queue.split(first(), [packed(4, 2), packed(3, 1)]);
    const expected = ['a.0.0', 'a.0.1', 'a.1', 'b'];
    expect([ids(), queue.snapshots, queue.bytes]).toEqual([expected, 8, 22]);
    await queue.close();
    await open(1_000);
    expect([ids(), queue.snapshots, queue.bytes]).toEqual([expected, 8, 22]);
  });

  test('what a killed process had not finished is thrown away: unwritten files, and halves beside their whole', async () => {
    await open(1_000);
    for (const id of ['a', 'b']) await queue.append(packed(10), id);
    const whole = first();
    await queue.close();
    const half = { ...halfOf(whole, 0), snapshots: 2 };
    copyFileSync(join(folder, fileOf(whole)), join(folder, fileOf(half)));
    writeFileSync(join(folder, '000000000009-4-z.json.gz.tmp'), 'half a file');
    writeFileSync(join(folder, 'notes.txt'), 'of somebody else');
    await open(1_000);
    expect(ids()).toEqual(['a', 'b']);
    expect(readdirSync(folder).sort()).toEqual([
      fileOf(first()),
      fileOf({ ...whole, seq: 2, id: 'b' }),
      'lock',
      'notes.txt',
    ]);
  });

  test('a file that somebody took is gone; a folder that is gone may come back', async () => {
    await open(1_000);
    await queue.append(packed(10), 'a');
    rmSync(join(folder, fileOf(first())));
    expect(await queue.read(first())).toBeUndefined();
    rmSync(folder, { recursive: true });
    await expect(queue.read(first())).rejects.toThrow('ENOENT');
    mkdirSync(folder);
    // Where a disk is to be mounted: nothing is in it, not even our lock.
    await expect(queue.read(first())).rejects.toThrow('ENOENT');
  });

  test('whose disk comes back while a batch is looked for has lost nothing', async () => {
    await open(1_000);
    await queue.append(packed(10), 'a');
    const away = `${folder}-away`;
    for (let turn = 0; turn < 60; turn += 1) {
      renameSync(folder, away);
      const read = queue.read(first()).catch((error: unknown) => error);
      // Back at a moment of its own each time.
      for (let wait = turn % 20; wait > 0; wait -= 1) await setImmediate();
      renameSync(away, folder);
      expect(await read).toBeDefined();
    }
  });

  test('belongs to one process', async () => {
    await open(1_000);
    const second = DiskQueue.open({ folder, maxBytes: 1_000 });
    await expect(second).rejects.toThrow(/cannot be had: database is locked/);
  }, 20_000);

  test('a batch that cannot be written is not there, and those before it are', async () => {
    await open(1_000);
    await queue.append(packed(10), 'a');
    await expect(queue.append(packed(10), 'no/such/folder')).rejects.toThrow('ENOENT');
    expect([ids(), queue.bytes]).toEqual([['a'], 10]);
    await queue.append(packed(10), 'b');
    expect(ids()).toEqual(['a', 'b']);
  });
});

test('names of files say what they hold, and only ours are read', () => {
  const name = { seq: 12, part: '.0.1', id: '3b241101-e2bb-4255-8caf-4136c566a962.0.1', snapshots: 500 };
  expect(fileOf(name)).toBe('000000000012-500-3b241101-e2bb-4255-8caf-4136c566a962.0.1.json.gz');
  expect(readName(fileOf(name))).toEqual(name);
  for (const file of [
    'lock',
    '12-5-a.json.gz',
    '000000000012-5-a.json',
    '000000000012-5-a.2.json.gz',
    'x000000000012-5-a.json.gz',
  ])
    expect([file, readName(file)]).toEqual([file, undefined]);
});

/** What the queue is to be: a list, and the same rules without a disk. */
interface Model {
  batches: { id: string; bytes: number; snapshots: number }[];
  dropped: string[];
}

type Step =
  | { readonly do: 'append'; readonly bytes: number; readonly snapshots: number }
  | { readonly do: 'remove' | 'split' | 'restart' | 'hold' | 'release' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('append' as const), bytes: fc.nat(60), snapshots: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('remove', 'split', 'restart', 'hold', 'release') }) },
);

test('the queue does what a plain list does, restarts among it', async () => {
  await open(1_000);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const own = mkdtempSync(join(folder, 'run-'));
      await queue.close();
      dropped = [];
      await open(MAX, own);
      const model: Model = { batches: [], dropped: [] };
      let held: string | undefined;
      for (const [index, each] of steps.entries()) {
        const id = `batch-${index}`;
        if (each.do === 'append') {
          await queue.append(packed(each.bytes, each.snapshots), id);
          appendTo(model, { id, bytes: each.bytes, snapshots: each.snapshots }, held);
        } else if (each.do === 'restart') {
          await queue.close();
          await open(MAX, own);
          held = undefined;
          makeRoom(model, 0, held);
        } else if (each.do === 'release') {
          queue.hold(undefined);
          held = undefined;
        } else if (queue.first() !== undefined) {
          const batch = first();
          if (each.do === 'hold') {
            queue.hold(batch);
            held = batch.id;
          } else if (each.do === 'remove') {
            await queue.remove(batch);
            model.batches.shift();
          } else {
            await queue.split(batch, [packed(batch.bytes, 1), packed(3, 1)]);
            const halves = [batch.bytes, 3].map((bytes, half) => ({ id: `${batch.id}.${half}`, bytes, snapshots: 1 }));
            model.batches.splice(0, 1, ...halves);
          }
        }
        expect(queue.list().map(({ id: of, bytes, snapshots }) => ({ id: of, bytes, snapshots }))).toEqual(
          model.batches,
        );
        expect(dropped).toEqual(model.dropped);
        expect(queue.bytes).toBe(model.batches.reduce((sum, { bytes }) => sum + bytes, 0));
        expect(queue.snapshots).toBe(model.batches.reduce((sum, { snapshots }) => sum + snapshots, 0));
      }
      for (const batch of queue.list()) expect(readFileSync(join(own, fileOf(batch))).length).toBe(batch.bytes);
      expect(readdirSync(own).length).toBe(queue.length + 1);
    }),
    { numRuns: runs(40) },
  );
}, 600_000);

const MAX = 100;

function appendTo(model: Model, batch: Model['batches'][number], held: string | undefined): void {
  makeRoom(model, batch.bytes, held);
  model.batches.push(batch);
}

function makeRoom(model: Model, bytes: number, held: string | undefined): void {
  const used = () => model.batches.reduce((sum, each) => sum + each.bytes, 0);
  while (used() + bytes > MAX && model.batches.length > 0) {
    const oldest = model.batches.find(({ id }) => id !== held) ?? model.batches[0];
    model.dropped.push(oldest?.id ?? '');
    model.batches = model.batches.filter((each) => each !== oldest);
  }
}

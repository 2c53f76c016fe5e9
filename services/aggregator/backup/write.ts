import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CheckOptions, checkCopy } from './check.ts';
import { packed, unpack } from './container.ts';
import { copyStore } from './copy.ts';
import { opened, requireRecipients, sealerFor } from './crypt.ts';
import type { Manifest } from './manifest.ts';

export interface WriteOptions extends CheckOptions {
  /** Public keys of age; none for a plain archive. */
  readonly recipients?: readonly string[];
  readonly onStage?: (stage: 'copying' | 'writing' | 'proving', done: number, total: number) => void;
}

export interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly manifest: Manifest;
}

/** Bytes that may lie in the system's memory: with more, a commit of the service would have to wait for them. */
const SYNC_EVERY = 4_194_304;

/** Copies a store that others write to, and makes a proven backup of the copy. See `writeBackup`. */
export async function makeBackup(
  store: { readonly path: string },
  target: string,
  options: WriteOptions = {},
): Promise<Written> {
  const { signal, share, onStage } = options;
  // Not after minutes of copying.
  requireRecipients(options.recipients ?? []);
  const copy = `${target}.${process.pid}.copy`;
  const quietly = { ...(signal === undefined ? {} : { signal }), ...(share === undefined ? {} : { share }) };
  try {
    const manifest = await copyStore(store, copy, {
      ...quietly,
      onProgress: (done, total) => onStage?.('copying', done, total),
    });
    return await writeBackup(packed(manifest, copy), target, options);
  } finally {
    await rm(copy, { force: true });
  }
}

/**
 * Writes an archive to a file, which is there when it is proven: what was written is read from the disk, opened, restored into a scratch
 * copy, and that compared with the manifest. Until then it has another name, which is gone whatever happens.
 *
 * @param target absolute; what is there is replaced
 * @throws BackupFault, what the system says, the signal's reason
 */
export async function writeBackup(
  archive: AsyncIterable<Uint8Array>,
  target: string,
  options: WriteOptions = {},
): Promise<Written> {
  const { recipients = [], signal, onStage } = options;
  const draft = `${target}.${process.pid}.draft`;
  const scratch = `${target}.${process.pid}.scratch`;
  const sealer = recipients.length === 0 ? undefined : await sealerFor(recipients);
  const check = () => signal?.throwIfAborted();
  try {
    const file = await open(draft, 'wx', 0o600);
    let bytes: number;
    try {
      const source = sealer === undefined ? archive : sealer.seal(archive);
      bytes = await drain(source, file, (done) => {
        check();
        onStage?.('writing', done, 0);
      });
    } finally {
      await file.close();
    }
    const identities = sealer === undefined ? [] : [sealer.identity];
    const manifest = await unpack(opened(createReadStream(draft), identities), scratch, (done, total) => {
      check();
      onStage?.('proving', done, total);
    });
    await checkCopy(scratch, manifest, options);
    await rename(draft, target);
    await syncFolder(dirname(target));
    return { path: target, bytes, manifest };
  } finally {
    await rm(draft, { force: true });
    await rm(scratch, { force: true });
  }
}

async function drain(source: AsyncIterable<Uint8Array>, file: FileHandle, onBytes: (done: number) => void) {
  let [done, synced] = [0, 0];
  for await (const chunk of source) {
    await file.writeFile(chunk);
    done += chunk.length;
    if (done - synced >= SYNC_EVERY) {
      await file.datasync();
      synced = done;
    }
    onBytes(done);
  }
  await file.sync();
  return done;
}

/** So that a new name is there after a power cut too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A small file that is there whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  try {
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const HEARTBEAT_MS = 5_000;
const SILENT_HOLDER_MS = 60_000;
const ABANDONED_TAKEOVER_MS = 10_000;

/** The texts of the locks that this very process holds, by file. */
const held = new Map();

process.once('exit', () => {
  for (const [file, text] of held) removeIfOurs(file, text);
});

/**
 * Runs `work` while holding the lock file, so that two processes (of one user, also on a shared home folder) do not both do it.
 * A lock whose holder has died is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (holder: { pid: number, host: string }) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, work, options = {}) {
  const release = await acquireLock(file, options);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquireLock(file, { onWait, signal }) {
  mkdirSync(dirname(file), { recursive: true });
  const text = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  // A hard link of a finished file is created whole or not at all: no reader ever sees a lock without its holder.
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, text);
  try {
    for (let told = false; ; ) {
      signal?.throwIfAborted();
      if (tryLink(draft, file)) break;
      const holder = readHolder(file);
      if (!holder) continue;
      if (isDead(file, holder)) removeDead(file, holder);
      else if (!told) {
        told = true;
        onWait?.({ pid: holder.pid, host: holder.host });
      }
      // Aborted, it rejects with an error of its own; the next round throws the signal's reason.
      await delay(50 + Math.random() * 50, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  held.set(file, text);
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    held.delete(file);
    removeIfOurs(file, text);
  };
}

function tryLink(draft, file) {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file) {
  let text;
  let modifiedMs;
  try {
    text = readFileSync(file, 'utf8');
    modifiedMs = statSync(file).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { pid, host } = JSON.parse(text);
    return { text, modifiedMs, pid: Number(pid), host: String(host) };
  } catch {
    return { text, modifiedMs, pid: Number.NaN, host: hostname() };
  }
}

function isDead(file, holder) {
  if (holder.host !== hostname()) return Date.now() - holder.modifiedMs > SILENT_HOLDER_MS;
  if (!Number.isInteger(holder.pid) || holder.pid <= 0) return true;
  // In a container the same small pid comes back after every start: it is ours only if we know of it.
  if (holder.pid === process.pid) return held.get(file) !== holder.text;
  const bootMs = Date.now() - uptime() * 1000;
  if (holder.modifiedMs < bootMs - 2_000) return true;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

// Two waiters may find the same dead holder. Without the guard the slower one would remove the lock that the faster one has just taken.
function removeDead(file, holder) {
  const guard = `${file}.takeover`;
  try {
    writeFileSync(guard, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_TAKEOVER_MS) rmSync(guard, { force: true });
    return;
  }
  try {
    if (readHolder(file)?.text === holder.text) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function removeIfOurs(file, text) {
  try {
    if (readHolder(file)?.text === text) rmSync(file, { force: true });
  } catch {
    // A lock that stays behind is taken over as soon as this process is gone.
  }
}

function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The folder may have been removed meanwhile; whoever waits decides by the pid.
  }
}

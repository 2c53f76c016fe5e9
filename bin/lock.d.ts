/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Runs `work` while holding the lock file, so that two processes (of one user, also on a shared home folder) do not both do it.
 * A lock whose holder has died is taken over. Rejects with the signal's reason when aborted while waiting.
 */
export declare function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options?: { onWait?: (holder: LockHolder) => void; signal?: AbortSignal },
): Promise<T>;

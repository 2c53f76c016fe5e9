import { DatabaseSync } from 'node:sqlite';
import { STEPS } from '../store/schema.ts';
import { contentOf } from './content.ts';
import { damaged, unfit } from './fault.ts';
import { inThread, type Quietly } from './inThread.ts';
import type { Manifest } from './manifest.ts';
import { lastIdOf, schemaOf } from './moment.ts';
import { pacer } from './pace.ts';

export type CheckOptions = Quietly;

/**
 * Compares a database that nobody uses with what it must be: its pages and indexes are sound, its tables have the rows that the
 * manifest says, with the same content.
 *
 * @throws BackupFault; the signal's reason
 */
export async function checkCopy(path: string, manifest: Manifest, options: CheckOptions = {}): Promise<void> {
  requireKnown(manifest);
  await inThread({ do: 'check', path, manifest }, options);
}

/** @throws BackupFault for one that a newer program wrote */
export function requireKnown({ schema }: Manifest): void {
  if (schema <= STEPS.length) return;
  throw unfit(
    `is of a newer aggregator: its tables have version ${schema}, and this program knows ${STEPS.length}`,
    'restore it with the version of Chainwatch that wrote it, or a newer one',
  );
}

/** The work itself, which blocks. @param check throws to end it */
export function compare(path: string, manifest: Manifest, share: number, check: () => void): void {
  const rest = pacer(share);
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const found = db.prepare('PRAGMA integrity_check(1)').get()?.integrity_check;
    if (found !== 'ok') throw damaged(String(found).slice(0, 200));
    check();
    rest();
    const { rows, digest } = contentOf(db, () => {
      check();
      rest();
    });
    if (schemaOf(db) !== manifest.schema) throw damaged(`its tables have version ${schemaOf(db)}`);
    for (const table of [...new Set([...Object.keys(rows), ...Object.keys(manifest.rows)])].sort()) {
      const [is, was] = [rows[table] ?? 0, manifest.rows[table] ?? 0];
      if (is !== was) throw damaged(`the table ${table} has ${is} rows, and had ${was}`);
    }
    if (lastIdOf(db) !== manifest.lastId || digest !== manifest.content) {
      throw damaged('its tables hold something else than its manifest says');
    }
  } finally {
    db.close();
  }
}

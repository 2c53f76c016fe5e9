import { resolve } from 'node:path';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { count, json } from '../output.ts';
import { progressOn } from '../progress.ts';
import { type AggregatorOptions, aggregatorAt } from './aggregator.ts';
import { save } from './download.ts';
import { plain } from './plain.ts';
import { secretIn } from './secret.ts';
import { mebibytes } from './size.ts';
import { zipEntries } from './zipEntries.ts';

export interface ExportOptions extends AggregatorOptions {
  readonly path: string;
  readonly network?: string;
  readonly ageRecipient?: string;
  readonly agePassFile?: string;
  readonly opensslPassFile?: string;
  readonly snapshot: boolean;
}

/** All peers in one archive. The file is there when it is whole, and not before. */
export async function exportPeers(options: ExportOptions, io: Io): Promise<ExitCode> {
  const body = encryptionOf(options, io);
  const query = new URLSearchParams({ show: options.snapshot ? 'snapshot' : 'metrics' });
  if (options.network !== undefined) query.set('network', options.network);
  const path = resolve(io.cwd, options.path);
  const progress = progressOn(io);
  const saved = await interruptible(async (signal) => {
    const answer = await aggregatorAt(options, io, signal).ask(`/export/all?${query}`, { method: 'POST', body });
    try {
      const bytes = await save(answer, path, signal, (done) => progress.show(`${mebibytes(done)} received`));
      const type = answer.headers.get('content-type');
      // Of an encrypted one nobody here can see how many it holds.
      const peers = type === 'application/zip' ? await zipEntries(path) : undefined;
      return { bytes, type, warning: answer.headers.get('warning'), ...(peers === undefined ? {} : { peers }) };
    } finally {
      progress.clear();
    }
  });
  if (options.json) io.out(json({ path, ...saved }));
  else {
    if (saved.warning !== null) io.err(`Warning: ${plain(saved.warning.replace(/^299 \S+ "(.*)"$/, '$1'))}\n`);
    const holds = saved.peers === undefined ? `encrypted for ${readerOf(options)}` : count(saved.peers, 'peer');
    io.out(`${path}: ${mebibytes(saved.bytes)}, ${holds}\n`);
  }
  return exitCodes.ok;
}

/** @throws CliError for two ways at once, or a file that cannot be read */
function encryptionOf({ ageRecipient, agePassFile, opensslPassFile }: ExportOptions, io: Io): Record<string, string> {
  const given = [ageRecipient, agePassFile, opensslPassFile].filter((each) => each !== undefined);
  if (given.length > 1) {
    throw new CliError('an archive is encrypted in one way', {
      remedy: 'give one of --age-recipient, --age-pass-file, --openssl-pass-file',
    });
  }
  if (ageRecipient !== undefined) return { age_recipient: ageRecipient };
  if (agePassFile !== undefined) return { age_passphrase: secretIn(agePassFile, '--age-pass-file', io) };
  if (opensslPassFile !== undefined)
    return { openssl_passphrase: secretIn(opensslPassFile, '--openssl-pass-file', io) };
  return {};
}

function readerOf({ agePassFile, opensslPassFile }: ExportOptions): string {
  if (opensslPassFile !== undefined) return 'openssl, with the passphrase';
  return agePassFile === undefined ? 'the owner of the key' : 'age, with the passphrase';
}

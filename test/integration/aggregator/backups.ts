import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ended, inProcess } from '../command.ts';
import { AggregatorPlace, type AggregatorProcess, numbered, PEERS, TOKEN } from './process.ts';

/** What the tests of backups make, and look for. */

/** Made once for all tests of a file that only want to read one. */
let whole: Buffer | undefined;

/** A place with a folder for the command. */
export class BackupPlace extends AggregatorPlace {
  readonly cwd: string;

  constructor() {
    super();
    this.cwd = join(this.folder, 'work');
    mkdirSync(this.cwd);
  }

  peers(...args: readonly string[]): Promise<Ended> {
    return this.peersAs(TOKEN, ...args);
  }

  peersAs(token: string, ...args: readonly string[]): Promise<Ended> {
    const env = { CHAINWATCH_SECRET_AGGREGATOR_TOKEN: token, CHAINWATCH_AGGREGATOR: undefined };
    return inProcess(['peers', ...args], { cwd: this.cwd, env });
  }

  /** The path of a backup of 700 samples, made without a service. */
  async made(...more: readonly string[]): Promise<string> {
    const path = join(this.cwd, 'peers.tar');
    if (whole !== undefined && more.length === 0) {
      writeFileSync(path, whole);
      return path;
    }
    const aggregator = await this.start();
    await fill(aggregator);
    await aggregator.stop();
    const done = await this.peers('backup', '--path', path, '--database', this.database, ...more);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    if (more.length === 0) whole = readFileSync(path);
    return path;
  }
}

export async function fill(aggregator: AggregatorProcess, count = 700): Promise<void> {
  const { status } = await aggregator.push(upTo(count).map(numbered));
  expect(status).toBe(200);
}

/** All numbers that an aggregator has, sorted. */
export async function numbersOf(aggregator: AggregatorProcess): Promise<number[]> {
  const all: number[] = [];
  for (let peer = 0; peer < PEERS; peer += 1) all.push(...(await aggregator.numbersOf(`peer-${peer}`)));
  return all.sort((a, b) => a - b);
}

export const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

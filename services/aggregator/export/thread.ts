import { parentPort, workerData } from 'node:worker_threads';
import { workInBackground } from '../../shared/backgroundThread.ts';
import { messageOf } from '../../shared/fault.ts';
import { Reader } from '../store/reader.ts';
import { type Content, zipOf } from './archive.ts';
import { Chains } from './chains.ts';
import type { Order, Word } from './inThread.ts';
import { Moment } from './moment.ts';
import { Turnstile } from './turnstile.ts';

const say = (word: Word, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(word, transfer);
const { path, bounds, networks, show, gate }: Order = workerData;
workInBackground(true);
const turnstile = new Turnstile(gate);
try {
  const chains = new Chains(path, bounds);
  let reader: Reader | undefined;
  try {
    const inPieces = async (peer: number): Promise<Content | undefined> => {
      reader ??= new Reader(path);
      const moment = new Moment(reader, bounds);
      const places = await moment.places(peer);
      const [newest] = places;
      return newest === undefined ? undefined : { at: newest.at, pieces: moment.json(places, show) };
    };
    const read = (peer: number) => {
      turnstile.requireOpen();
      const found = chains.read(peer, show);
      return found === 'large' ? inPieces(peer) : found;
    };
    for await (const piece of zipOf({ peers: (of) => chains.peers(of), read }, networks)) {
      turnstile.pass();
      say({ say: 'piece', piece }, [piece.buffer]);
    }
    say({ say: 'end' });
  } finally {
    reader?.close();
    chains.close();
  }
} catch (error) {
  say({ say: 'failed', reason: messageOf(error) });
}

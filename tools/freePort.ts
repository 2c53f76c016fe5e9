/** Ports for tests and benchmarks that start programs of their own. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which systems take ports for outgoing connections (Linux 32768, IANA 49152): a port that was
// free when asked for is still free when the program listens, however many connections are made in between.
const LOWEST = 15_000;
const HIGHEST = 30_000;

/** None is given twice: whoever has asked for it may not listen yet. */
const given = new Set<number>();

/** A port of loopback on which nothing listens, at random, so that runs side by side do not meet. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (given.has(port)) continue;
    given.add(port);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

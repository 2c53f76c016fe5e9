/** Ports that a run needs and somebody else holds: found before anything is started, and named with who holds them. */

import { createServer } from 'node:net';
import { COMMAND } from '../cli/commandName.ts';
import { CliError } from '../cli/errors.ts';
import { type Holder, holdersOf } from './holder.ts';

export interface WantedPort {
  readonly service: string;
  readonly port: number;
}

export class PortInUseError extends Error {
  readonly ports: readonly WantedPort[];
  readonly remedy: string;

  constructor(message: string, remedy: string, ports: readonly WantedPort[]) {
    super(message);
    this.name = 'PortInUseError';
    this.ports = ports;
    this.remedy = remedy;
  }
}

/**
 * @param project the folder with the stack files
 * @throws PortInUseError naming every port that is taken, its holder and the setting that changes it; CliError where none may listen
 */
export async function requireFreePorts(wanted: readonly WantedPort[], project = process.cwd()): Promise<void> {
  const taken: WantedPort[] = [];
  for (const each of wanted) if (!(await isFree(each))) taken.push(each);
  const [first] = taken;
  if (first === undefined) return;
  const holders = holdersOf(
    taken.map(({ port }) => port),
    project,
  );
  const groups = Map.groupBy(taken, ({ port }) => describeHolder(holders.get(port), project));
  const lines = [...groups].map(([holder, ports]) => `${describePorts(ports)} held by ${holder}`);
  const stops = new Set(taken.map(({ port }) => stopOf(holders.get(port), port, project)));
  const settings =
    taken.length === 1 ? `chainwatch:services.${first.service}.port` : 'the ports in chainwatch:services';
  throw new PortInUseError(lines.join('\n'), `${[...stops].join('; ')}; or change ${settings}`, taken);
}

function describePorts(ports: readonly WantedPort[]): string {
  const [first] = ports;
  if (first !== undefined && ports.length === 1) return `port ${first.port}, which ${first.service} wants, is`;
  return `ports ${ports.map(({ service, port }) => `${port} (${service})`).join(', ')} are`;
}

/** @param here the folder in which a person is */
export function describeHolder(holder: Holder | undefined, here: string): string {
  if (holder === undefined) return 'a program that this user cannot see';
  if (holder.kind === 'program') return `process ${holder.pid} (${holder.program})`;
  return `Chainwatch stack ${holder.stack}${holder.project === here ? '' : ` of ${holder.project}`}`;
}

/** What ends the holder of a port. */
export function stopOf(holder: Holder | undefined, port: number, here: string): string {
  if (holder === undefined) return `find it with: sudo ss -ltnp 'sport = :${port}'`;
  if (holder.kind === 'program') return `stop it: kill ${holder.pid}`;
  const place = holder.project === here ? '' : `cd ${holder.project} && `;
  return `stop it: ${place}${COMMAND} stop --stack ${holder.stack}`;
}

function isFree({ service, port }: WantedPort): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') return resolve(false);
      const remedy = `choose one above 1023: chainwatch:services.${service}.port`;
      reject(new CliError(`this user may not listen on port ${port}, which ${service} wants`, { remedy }));
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

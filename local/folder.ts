/** The folder of a local run: `.chainwatch/<stack>/`. Everything that the run keeps is below it. */
import { join, resolve } from 'node:path';
import type { Places, ServiceName } from '../model/places.ts';
import { resolvedFolder } from './secrets.ts';
import { writableFolder } from './storage.ts';

export interface RunFolder {
  readonly root: string;
  /** Written anew at each start: what the programs read. */
  readonly config: string;
  /** Where a person puts secrets, and where generated ones are kept. */
  readonly secrets: string;
  readonly logs: string;
  /** Which processes run; removed by the stop. */
  readonly state: string;
  /** What a program keeps between starts. */
  data(service: ServiceName): string;
}

/** @param project the folder that holds the stack files */
export function runFolder(project: string, stack: string): RunFolder {
  const root = resolve(project, '.chainwatch', stack);
  return {
    root,
    config: join(root, 'config'),
    secrets: join(root, 'secrets'),
    logs: join(root, 'logs'),
    state: join(root, 'run.json'),
    data: (service) => join(root, 'data', service),
  };
}

/** Before anything is fetched or started: a minute of download is worth nothing where its result cannot run. @throws CliError */
export function makeRunFolder({ root, config, logs }: RunFolder): void {
  for (const folder of [root, config, logs]) writableFolder(folder);
}

/** On one machine everything listens on loopback. */
export function localPlaces(folder: RunFolder, ports: Readonly<Record<string, number>>): Places {
  const address = (service: ServiceName) => {
    const port = ports[service];
    if (port === undefined) throw new Error(`no port is known for ${service}`);
    return `127.0.0.1:${port}`;
  };
  return {
    listen: address,
    address,
    secretFile: (secret) => join(resolvedFolder(folder.secrets), secret),
    dataPath: (service, file) => join(folder.data(service), file),
    publicUrl: (service) => `http://${address(service)}`,
  };
}

/** A real etcd on loopback, which comes and goes. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { etcdArguments } from '../../../tools/cluster/arguments.ts';
import { freePorts, Server, ServerError } from '../../../tools/cluster/server.ts';
import { resolvePrograms } from '../../../tools/index.ts';

export interface EtcdOptions {
  /** Over those of one that talks plain HTTP. */
  readonly args?: (port: number, peerPort: number) => readonly string[];
  readonly isReady?: (port: number) => Promise<boolean>;
}

export class Etcd {
  readonly #folder: string;
  readonly #options: EtcdOptions;
  #ports = { etcd: 0, etcdPeer: 0, api: 0 };
  #server: Server | undefined;

  private constructor(folder: string, options: EtcdOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  static async start(folder: string, options: EtcdOptions = {}): Promise<Etcd> {
    const made = new Etcd(folder, options);
    for (let tries = 1; ; tries += 1) {
      const [etcd = 0, etcdPeer = 0] = await freePorts(2);
      made.#ports = { etcd, etcdPeer, api: 0 };
      try {
        await made.start();
        return made;
      } catch (error) {
        if (tries === 3 || !(error instanceof ServerError) || !error.portTaken) throw error;
      }
    }
  }

  get port(): number {
    return this.#ports.etcd;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Again, with what it knew, at the same address. */
  async start(): Promise<void> {
    const { etcd } = await resolvePrograms(['etcd']);
    mkdirSync(this.#folder, { recursive: true });
    const { args, isReady } = this.#options;
    this.#server = await Server.start({
      name: 'etcd',
      path: etcd.path,
      args: [...etcdArguments(this.#data, this.#ports), ...(args?.(this.port, this.#ports.etcdPeer) ?? [])],
      logFile: join(this.#folder, 'log'),
      isReady: () => isReady?.(this.port) ?? healthy(this.url),
    });
  }

  async kill(): Promise<void> {
    await this.#server?.kill();
  }

  /** As after a lost disk. */
  forget(): void {
    rmSync(this.#data, { recursive: true, force: true });
  }

  pause(): void {
    process.kill(this.#pid, 'SIGSTOP');
  }

  goOn(): void {
    process.kill(this.#pid, 'SIGCONT');
  }

  /** Over its gateway, as anybody may. */
  async ask(path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(`${this.url}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${text}`);
    return JSON.parse(text);
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  get #pid(): number {
    const pid = this.#server?.pid;
    if (pid === undefined) throw new Error('etcd does not run');
    return pid;
  }
}

async function healthy(url: string): Promise<boolean> {
  return (await fetch(`${url}/health`)).ok;
}

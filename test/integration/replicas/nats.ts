import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Server, ServerError } from '../../../tools/cluster/server.ts';
import { freePort } from '../../../tools/freePort.ts';
import { locateProgram } from '../../../tools/index.ts';

const ATTEMPTS = 3;

interface Node {
  readonly name: string;
  readonly client: number;
  readonly route: number;
  server: Server | undefined;
  /** Subjects to which nobody may publish. */
  denied: readonly string[];
}

/** Paths of PEM files: what the servers show, what their clients do, and the authority of both. */
export interface NatsTls {
  readonly caFile: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly certFile: string;
  readonly keyFile: string;
}

/** Real NATS servers with JetStream on loopback: one cluster, each write synced to disk. They can be killed, paused and started again. */
export class NatsCluster {
  readonly #folder: string;
  readonly #program: string;
  readonly #nodes: readonly Node[];
  readonly #tls: NatsTls | undefined;

  private constructor(folder: string, program: string, nodes: readonly Node[], tls: NatsTls | undefined) {
    this.#tls = tls;
    this.#folder = folder;
    this.#program = program;
    this.#nodes = nodes;
  }

  /** @param folder an empty one; whoever made it removes it. @param tls clients must show a certificate */
  static async start(folder: string, size: 1 | 3 = 3, tls?: NatsTls): Promise<NatsCluster> {
    const program = await locateProgram('nats-server');
    if (program === undefined)
      throw new Error('nats-server is not at hand: run "npm test integration" once, which gets it');
    for (let attempt = 1; ; attempt += 1) {
      const nodes: Node[] = [];
      for (let index = 0; index < size; index += 1) {
        nodes.push({
          name: `n${index}`,
          client: await freePort(),
          route: await freePort(),
          server: undefined,
          denied: [],
        });
      }
      const cluster = new NatsCluster(join(folder, `nats-${attempt}`), program.path, nodes, tls);
      try {
        await Promise.all(nodes.map((_, index) => cluster.startNode(index)));
        await cluster.untilUp();
        return cluster;
      } catch (error) {
        await cluster.stop();
        if (attempt === ATTEMPTS || !(error instanceof ServerError) || !error.portTaken) throw error;
      }
    }
  }

  get size(): number {
    return this.#nodes.length;
  }

  /** The port for clients of one. */
  port(index: number): number {
    return this.#node(index).client;
  }

  get urls(): string[] {
    return this.#nodes.map(({ client }) => `nats://127.0.0.1:${client}`);
  }

  async startNode(index: number): Promise<void> {
    const node = this.#node(index);
    if (node.server?.isRunning === true) return;
    mkdirSync(this.#folder, { recursive: true });
    const file = this.#file(node);
    writeFileSync(file, this.#settings(node));
    const logFile = join(this.#folder, `${node.name}.log`);
    const args = ['--config', file];
    // What is ready takes connections; whether it has a leader is another matter.
    const isReady = async () => {
      const connection = await this.#connect([`127.0.0.1:${node.client}`], 1_000);
      await connection.close();
      return true;
    };
    node.server = await Server.start({ name: node.name, path: this.#program, args, logFile, isReady });
  }

  /** As a power cut ends it; its disk stays. */
  async kill(index: number): Promise<void> {
    await this.#node(index).server?.kill();
  }

  pause(index: number): void {
    this.#signal(index, 'SIGSTOP');
  }

  resume(index: number): void {
    this.#signal(index, 'SIGCONT');
  }

  /** From now on clients may publish to none of these subjects. */
  deny(index: number, subjects: readonly string[]): void {
    const node = this.#node(index);
    node.denied = subjects;
    writeFileSync(this.#file(node), this.#settings(node));
    this.#signal(index, 'SIGHUP');
  }

  /** Takes away what a killed one had on its disk. */
  wipe(index: number): void {
    rmSync(join(this.#folder, this.#node(index).name), { recursive: true, force: true });
  }

  /** Waits until JetStream has a leader. */
  async untilUp(withinMs = 120_000): Promise<void> {
    const end = Date.now() + withinMs;
    for (;;) {
      try {
        return await this.manage(async (manager) => {
          await manager.getAccountInfo();
        });
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Asks JetStream something, over a connection of its own. */
  async manage<T>(work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    const connection = await this.#connect(this.urls, 2_000);
    try {
      return await work(await jetstreamManager(connection, { timeout: 3_000 }));
    } finally {
      await connection.close();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map(({ server }) => server?.kill()));
  }

  #connect(servers: string[], timeout: number): Promise<NatsConnection> {
    const { caFile, certFile, keyFile } = this.#tls ?? {};
    const tls = caFile && certFile && keyFile ? { tls: { caFile, certFile, keyFile } } : {};
    return connect({ servers, reconnect: false, timeout, ...tls });
  }

  #file({ name }: Node): string {
    return join(this.#folder, `${name}.conf`);
  }

  #node(index: number): Node {
    const node = this.#nodes[index];
    if (node === undefined) throw new Error(`no NATS server ${index}`);
    return node;
  }

  #signal(index: number, signal: NodeJS.Signals): void {
    const { server } = this.#node(index);
    if (server?.pid !== undefined && server.isRunning) process.kill(server.pid, signal);
  }

  #settings({ name, client, route, denied }: Node): string {
    const routes = this.#nodes.map((node) => `nats-route://127.0.0.1:${node.route}`);
    const cluster = `cluster { name: replicas, listen: "127.0.0.1:${route}", no_advertise: true, routes: ${JSON.stringify(routes)} }\n`;
    return [
      `server_name: ${name}`,
      `listen: "127.0.0.1:${client}"`,
      `jetstream { store_dir: ${JSON.stringify(join(this.#folder, name))}, sync_interval: always, max_mem: 64M, max_file: 2G }`,
      // Whoever shows no name is this one: the server takes its rights anew while it runs, but not who that is.
      `authorization { users: [{ user: anybody, password: none, permissions { publish: { deny: ${JSON.stringify(denied)} } } }] }`,
      'no_auth_user: anybody',
      this.size > 1 ? cluster : '',
      this.#tls === undefined ? '' : tlsSettings(this.#tls),
    ].join('\n');
  }
}

function tlsSettings({ caFile, server }: NatsTls): string {
  const files = { cert_file: server.cert, key_file: server.key, ca_file: caFile };
  const lines = Object.entries(files).map(([name, path]) => `${name}: ${JSON.stringify(path)}`);
  return `tls { ${[...lines, 'verify: true'].join(', ')} }`;
}

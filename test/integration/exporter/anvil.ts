import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { readAnswer } from '../../../services/exporter/rpc/answer.ts';
import { freePort } from '../../../tools/freePort.ts';

/** Whose balance is read: the first account that anvil funds. */
export const ACCOUNT = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
/** Of all chains of a test, so that their blocks can be the same. Seconds of Unix time. */
export const GENESIS = Math.floor(Date.now() / 1000) - 3_600;

const started = new Set<Anvil>();

/** A real EVM node that mines only when it is told to, so that two of them told the same have the same blocks. */
export class Anvil {
  readonly port: number;
  readonly #process: ChildProcess;
  #lastId = 0;

  private constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  static async start(chainId = 31_337, port?: number): Promise<Anvil> {
    const at = port ?? (await freePort());
    const args = ['--port', String(at), '--chain-id', String(chainId), '--timestamp', String(GENESIS), '--no-mining'];
    const child = spawn(anvilBinary(), [...args, '--silent', '--threads', '1'], { stdio: 'ignore' });
    const anvil = new Anvil(at, child);
    started.add(anvil);
    await until(() => anvil.call('eth_chainId').catch(() => undefined), `anvil at port ${at}`);
    return anvil;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    this.#lastId += 1;
    const body = JSON.stringify({ jsonrpc: '2.0', id: this.#lastId, method, params });
    const answer = await fetch(this.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return readAnswer(await answer.text()).result();
  }

  /** @param times seconds of Unix time, one block each */
  async mine(...times: readonly number[]): Promise<void> {
    for (const time of times) {
      await this.call('evm_setNextBlockTimestamp', time);
      await this.call('evm_mine');
    }
  }

  async setBalance(wei: bigint): Promise<void> {
    await this.call('anvil_setBalance', ACCOUNT, `0x${wei.toString(16)}`);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}

/** Ends every node that this test has started. */
export async function stopAnvils(): Promise<void> {
  await Promise.all([...started].map((anvil) => anvil.stop()));
  started.clear();
}

function anvilBinary(): string {
  const name = `@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}/bin/anvil`;
  return createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')).resolve(name);
}

/** Asks again and again until there is an answer. */
export async function until<T>(read: () => Promise<T | undefined | false>, what: string, seconds = 20): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

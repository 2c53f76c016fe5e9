import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { codeOf } from '../../shared/fault.ts';
import { asRpcFault, RpcFault } from '../rpc/fault.ts';
import { openTransport, type Transport } from '../rpc/transport.ts';
import type { EndpointSettings } from '../settings.ts';
import { type Block, readBlock, readNumber, readQuantity, readSyncing, toQuantity } from './decode.ts';

/** What one endpoint said in one round. */
export interface Reading {
  /** Milliseconds of Unix time when the head was read. */
  readonly at: number;
  /** Undefined where it did not say. */
  readonly chainId: number | undefined;
  /** Undefined where it did not say, or where what it says is of another chain. */
  readonly head: Block | undefined;
  readonly syncing: boolean | undefined;
  /** Wei. */
  readonly gasPrice: bigint | undefined;
  /** Why there is no head. */
  readonly fault: RpcFault | undefined;
}

/** Hears of every request. `seconds` is undefined where no connection came about. */
export interface RequestObserver {
  answered(endpoint: Endpoint, method: EndpointMethod, seconds: number): void;
  failed(endpoint: Endpoint, fault: RpcFault): void;
}

/** All that an endpoint is ever asked; the `method` label. */
export const ENDPOINT_METHODS = [
  'eth_chainId',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByNumber',
  'eth_syncing',
] as const;
export type EndpointMethod = (typeof ENDPOINT_METHODS)[number];

const METHOD_NOT_FOUND = -32_601;

/** An EVM node that is asked over JSON-RPC. */
export class Endpoint {
  readonly settings: EndpointSettings;
  readonly #timeout: number;
  readonly #observer: RequestObserver;
  readonly #unknownMethods = new Set<EndpointMethod>();
  #text = '';
  #host: string;
  #transport: Transport | undefined;
  #chainId: number | undefined;
  #problem: RpcFault | undefined;

  /** @param timeout milliseconds for each request */
  constructor(settings: EndpointSettings, timeout: number, observer: RequestObserver) {
    this.settings = settings;
    this.#timeout = timeout;
    this.#observer = observer;
    this.#host = settings.urlFile === undefined ? '' : `file ${basename(settings.urlFile)}`;
    this.#problem = this.#connect();
  }

  /** Host and port of the URL, never more of it; the name of its file while that holds none. */
  get host(): string {
    return this.#host;
  }

  /** The URL and its secret parts, to be kept out of logs. */
  secrets(): readonly string[] {
    if (!URL.canParse(this.#text)) return [];
    const { href, pathname, search, password } = new URL(this.#text);
    return [this.#text, href, `${pathname}${search}`, pathname, password].filter((part) => part.length >= 8);
  }

  /** Why the file with the URL cannot be used, or undefined. */
  fileProblem(): string | undefined {
    return this.settings.urlFile === undefined ? undefined : this.#problem?.message;
  }

  /** One round: everything that the endpoint is asked about itself. Never throws. */
  async read(): Promise<Reading> {
    this.#problem = this.#connect();
    const fault = this.#problem;
    const at = Date.now();
    if (fault !== undefined) {
      this.#observer.failed(this, fault);
      return { at, chainId: undefined, head: undefined, syncing: undefined, gasPrice: undefined, fault };
    }
    const [chainId, head, syncing, gasPrice] = await Promise.all([
      this.#attempt('eth_chainId', [], (value) => readNumber(value, 'the chain id')),
      this.#attempt('eth_getBlockByNumber', ['latest', false], readBlock),
      this.#optional('eth_syncing', readSyncing),
      this.#optional('eth_gasPrice', (value) => readQuantity(value, 'the gas price')),
    ]);
    if (!(chainId instanceof RpcFault)) this.#chainId = chainId;
    const trouble = this.#judge(head);
    return {
      at,
      chainId: this.#chainId,
      head: trouble === undefined && !(head instanceof RpcFault) ? head : undefined,
      syncing,
      gasPrice,
      fault: trouble,
    };
  }

  /** The block at a height; undefined where it has none, or does not say. Never throws. */
  async blockAt(height: number): Promise<Block | undefined> {
    const block = await this.#attempt('eth_getBlockByNumber', [toQuantity(height), false], (value) => {
      const found = readBlock(value);
      if (found === undefined || found.height === height) return found;
      throw new RpcFault('payload', `asked for block ${height}, it gave ${found.height}`);
    });
    return block instanceof RpcFault ? undefined : block;
  }

  /** Wei that an account has at a block; undefined where it does not say. Never throws. */
  async balanceAt(address: string, height: number): Promise<bigint | undefined> {
    const read = (value: unknown) => readQuantity(value, 'the balance');
    const balance = await this.#attempt('eth_getBalance', [address, toQuantity(height)], read);
    return balance instanceof RpcFault ? undefined : balance;
  }

  close(): void {
    this.#transport?.close();
    this.#transport = undefined;
  }

  #judge(head: Block | RpcFault | undefined): RpcFault | undefined {
    if (head instanceof RpcFault) return head;
    const { chainId } = this.settings;
    // Without a chain id nothing that it says can be placed.
    if (this.#chainId === undefined) return new RpcFault('payload', 'the endpoint does not say which chain it serves');
    if (this.#chainId !== chainId) {
      const fault = new RpcFault('wrong_chain', `serves chain ${this.#chainId} instead of ${chainId}`);
      this.#observer.failed(this, fault);
      return fault;
    }
    return head === undefined ? new RpcFault('payload', 'the endpoint has no latest block') : undefined;
  }

  /** Reads the URL anew, and goes over to it where it has changed. */
  #connect(): RpcFault | undefined {
    const text = this.#readUrl();
    if (text instanceof RpcFault) {
      this.#forget('');
      return text;
    }
    if (text === this.#text && this.#transport !== undefined) return undefined;
    this.#forget(text);
    if (!URL.canParse(text)) return new RpcFault('connection', `${this.#place()} holds no URL`);
    const url = new URL(text);
    this.#host = url.host;
    try {
      this.#transport = openTransport(url);
      return undefined;
    } catch (error) {
      return asRpcFault(error);
    }
  }

  #forget(text: string): void {
    this.close();
    this.#text = text;
    this.#chainId = undefined;
    this.#unknownMethods.clear();
  }

  #readUrl(): string | RpcFault {
    const { url, urlFile } = this.settings;
    if (urlFile === undefined) return url ?? '';
    try {
      return readFileSync(urlFile, 'utf8').trim();
    } catch (error) {
      return new RpcFault('connection', `${this.#place()} cannot be read (${codeOf(error) ?? 'unknown reason'})`);
    }
  }

  #place(): string {
    return this.settings.urlFile === undefined ? 'url' : `the file ${this.settings.urlFile}`;
  }

  /** Asked for only as long as the endpoint does not say that it has no such method. */
  async #optional<T>(method: EndpointMethod, read: (value: unknown) => T): Promise<T | undefined> {
    if (this.#unknownMethods.has(method)) return undefined;
    const answer = await this.#attempt(method, [], read, (fault) => {
      const unknown = fault.code === METHOD_NOT_FOUND;
      if (unknown) this.#unknownMethods.add(method);
      return unknown;
    });
    return answer instanceof RpcFault ? undefined : answer;
  }

  async #attempt<T>(
    method: EndpointMethod,
    params: readonly unknown[],
    read: (value: unknown) => T,
    excused: (fault: RpcFault) => boolean = () => false,
  ): Promise<T | RpcFault> {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      const transport = this.#transport;
      if (transport === undefined) throw new RpcFault('connection', 'there is no URL to connect to');
      const value = read(await transport.call(method, params, this.#timeout));
      this.#observer.answered(this, method, seconds());
      return value;
    } catch (error) {
      const fault = asRpcFault(error);
      // A refused connection is quick, and would make a dead endpoint look like a fast one.
      if (fault.kind !== 'connection') this.#observer.answered(this, method, seconds());
      if (!excused(fault)) this.#observer.failed(this, fault);
      return fault;
    }
  }
}

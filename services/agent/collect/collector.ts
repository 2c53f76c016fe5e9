import { readFileSync } from 'node:fs';
import { codeOf, messageOf } from '../../shared/fault.ts';
import type { Connections } from '../http.ts';
import type { AgentSettings } from '../settings.ts';
import { CollectFault } from './fault.ts';
import { type Collected, collectJsonRpc, type Question } from './jsonRpc.ts';
import { presets } from './presets.ts';
import { collectPrometheus } from './prometheus.ts';

/** Asks one node, as the settings say. */
export class Collector {
  readonly #source: AgentSettings['source'];
  readonly #timeout: number;
  readonly #connections: Connections;
  #lastUrl = '';

  constructor({ source, timeout }: Pick<AgentSettings, 'source' | 'timeout'>, connections: Connections) {
    this.#source = source;
    this.#timeout = timeout;
    this.#connections = connections;
  }

  /** What may not appear in a log: the parts of the URL that may be a key. */
  secrets(): readonly string[] {
    const text = this.#source.url ?? this.#lastUrl;
    if (!URL.canParse(text)) return [];
    const { username, password, pathname, search } = new URL(text);
    // A short path is a word, not a key.
    const parts = [
      decodeURIComponent(password),
      search.slice(1),
      ...pathname.split('/').filter((part) => part.length >= 16),
    ];
    return [...parts, username.length >= 16 ? username : ''].filter((part) => part !== '');
  }

  /** @throws CollectFault */
  async collect(): Promise<Collected> {
    const { chain, jsonrpc, prometheus, maxBytes, maxPeers } = this.#source;
    const question: Question = { url: this.#url(), timeout: this.#timeout, maxBytes, maxPeers };
    if (prometheus !== undefined) return collectPrometheus(this.#connections, prometheus.metrics, question);
    const mapping = jsonrpc ?? presets[chain];
    if (mapping === undefined) throw new CollectFault('payload', `nothing is known of the peers of ${chain}`);
    return collectJsonRpc(this.#connections, mapping, question);
  }

  #url(): URL {
    const { url, urlFile = '' } = this.#source;
    const text = url ?? readUrl(urlFile);
    this.#lastUrl = text;
    if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
    throw new CollectFault('connection', `the file ${urlFile} holds no URL of http or https`);
  }
}

function readUrl(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CollectFault('connection', `the file ${file} cannot be read (${codeOf(error) ?? messageOf(error)})`);
  }
}

import type { Logger } from '../shared/log.ts';
import type { LayerSampler, LayerState } from './layer.ts';

/** Says in the log what changed, and nothing while it stays: a round comes every few seconds. */
export class Speaker {
  readonly #log: Logger;
  readonly #said = new Map<string, string>();

  constructor(log: Logger) {
    this.#log = log;
  }

  tell(layer: LayerSampler, state: LayerState): void {
    for (const [endpoint, name] of layer.names()) {
      const fault = state.endpoints.get(endpoint)?.reading.fault;
      this.#changed(`endpoint ${name}`, fault?.kind ?? 'ok', {
        bad: fault !== undefined,
        facts: { endpoint: name, kind: fault?.kind, reason: fault?.message },
        words: fault === undefined ? 'the endpoint answers again' : 'the endpoint gives no head',
      });
      const astray = state.endpoints.get(endpoint)?.follows === false;
      this.#changed(`chain ${name}`, astray ? 'astray' : 'ok', {
        bad: astray,
        facts: { endpoint: name },
        words: astray
          ? 'the endpoint is on another chain than the majority'
          : 'the endpoint is with the majority again',
      });
    }
    const lost = state.agreed === undefined;
    this.#changed('quorum', lost ? 'lost' : 'ok', {
      bad: lost,
      facts: { endpoints: layer.endpoints.length, needed: layer.needed },
      words: lost ? 'no majority of the endpoints agrees on a block' : 'a majority agrees again',
    });
  }

  reorg(depth: number, height: number): void {
    this.#log.warn({ depth, height }, 'the agreed chain dropped blocks');
  }

  #changed(what: string, state: string, { bad, facts, words }: Line): void {
    const before = this.#said.get(what) ?? 'ok';
    this.#said.set(what, state);
    if (before === state) return;
    if (bad) this.#log.warn(facts, words);
    else this.#log.info(facts, words);
  }
}

interface Line {
  readonly bad: boolean;
  readonly facts: Readonly<Record<string, string | number | undefined>>;
  readonly words: string;
}

import { SPAN, type Spans } from '../ingest/batch.ts';

/** One name of each snapshot; empty where it has none. */
export function namesAt(body: Buffer, spans: Spans, column: number): string[] {
  const names: string[] = [];
  for (let place = column; place < spans.length; place += SPAN.width) {
    const [from = 0, to = 0] = [spans[place], spans[place + 1]];
    const text = from === to ? '' : body.toString('utf8', from, to);
    names.push(text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text);
  }
  return names;
}

import { type Html, html } from './html.ts';
import { durationWords, utcWords } from './words.ts';

/** How long ago something was, in words that the page's script keeps right; the moment itself when pointed at. */
export function timeSince(milliseconds: number, now: number): Html {
  return html`<time data-since="${milliseconds}" datetime="${new Date(milliseconds).toISOString()}" title="${utcWords(milliseconds)}">${durationWords(now - milliseconds)}</time>`;
}

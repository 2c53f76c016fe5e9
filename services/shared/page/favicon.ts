import type { SeverityClass } from './severity.ts';

/** How a page is coloured: by the worst that it shows, else by whether quiet is sure. */
export type Look = SeverityClass | 'quiet' | 'doubt';

const COLOURS: Readonly<Record<Look, string>> = {
  critical: '#d92d36',
  warning: '#e08a00',
  info: '#2f74d0',
  other: '#6b7686',
  quiet: '#1b9a5e',
  doubt: '#e08a00',
};

/** A dot in the colour of the worst, as an address: seen in a row of tabs. */
export function favicon(look: Look): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${COLOURS[look]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

import { createHash } from 'node:crypto';
import { type Content, Html, html } from '../../receiver/page/html.ts';
import { durationWords, utcWords } from '../../receiver/page/words.ts';
import type { State } from '../status.ts';
import { script } from './script.ts';
import { style } from './style.ts';

export interface DocumentParts {
  readonly title: string;
  readonly environment: string;
  /** Colours the dot in the tab. */
  readonly state: State;
  /** Milliseconds of Unix time. */
  readonly now: number;
  /** Which entry of the navigation this is. */
  readonly here: 'overview' | 'runbooks';
  readonly main: Html;
  /** Addresses of the programs around us, for a person's browser. */
  readonly links: Readonly<Record<string, string | undefined>>;
  /** Whether the page keeps itself up to date. */
  readonly live: boolean;
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only our own script and style run; what others wrote could not, even if it got through the escaping. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The whole document around the part that matters. Nothing in it comes from elsewhere. */
export function documentOf({ title, environment, state, now, here, main, links, live }: DocumentParts): string {
  const current = (page: DocumentParts['here']): Content => (page === here ? new Html(' aria-current="page"') : null);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Chainwatch ${environment}</title>
<link rel="icon" href="${favicon(state)}">
<style>${new Html(style)}</style>
${live ? html`<noscript><meta http-equiv="refresh" content="15"></noscript>` : null}
</head>
<body data-now="${now}">
<header><div class="wide"><a class="home" href="/">${LOGO}<b>Chainwatch</b></a> <span class="place">${environment}</span><nav aria-label="Pages"><a href="/"${current('overview')}>Overview</a><a href="/runbooks"${current('runbooks')}>Runbooks</a></nav>${live ? html`<span id="line" role="status">connecting</span>` : null}</div></header>
${main}
<footer class="wide">${Object.entries(links).map(([name, url]) => (url === undefined ? null : html`<a href="${url}" rel="noreferrer">${titled(name)}</a>`))}<a href="/api/status">Status as JSON</a><a href="/metrics">Metrics</a></footer>
${live ? html`<script>${new Html(script)}</script>` : null}
</body>
</html>
`.text;
}

/** Words that the page's script keeps right. */
export function timeSince(milliseconds: number, now: number): Html {
  return html`<time data-since="${milliseconds}" datetime="${new Date(milliseconds).toISOString()}" title="${utcWords(milliseconds)}">${durationWords(now - milliseconds)}</time>`;
}

function titled(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

const LOGO = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M2 12h4l3-7 5 14 3-7h5"/></svg>`;

const COLOURS: Readonly<Record<State, string>> = {
  critical: '#d92d36',
  warning: '#e08a00',
  unknown: '#6b7686',
  healthy: '#1b9a5e',
};

/** A dot in the colour of the state: seen in a row of tabs. */
function favicon(state: State): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${COLOURS[state]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

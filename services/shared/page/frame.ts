import type { FastifyReply } from 'fastify';
import { favicon, type Look } from './favicon.ts';
import { pageHeaders } from './headers.ts';
import { type Content, Html, html } from './html.ts';
import { paceNote } from './pace.ts';

/** What the pages of one service have in common. */
export interface Dress {
  readonly style: string;
  readonly script: string;
}

/** What one page is made of. */
export interface Page {
  readonly title: string;
  readonly look: Look;
  /** Where we are: the environment, or which service this is. */
  readonly place: string;
  readonly navigation?: Content;
  /** The element `main`. */
  readonly main: Html;
  /** Links. */
  readonly footer: Content;
  /** Milliseconds of Unix time. */
  readonly now: number;
  /** How many seconds of the rules pass in each real one. */
  readonly timeScale: number;
  /** Seconds after which a browser without scripts reads the page anew; undefined for one that does not change. */
  readonly refreshAfter?: number;
  /** What the script finds in `body.dataset` besides `now`. */
  readonly data?: Readonly<Record<string, string | number>>;
}

export interface Frame {
  readonly headers: Readonly<Record<string, string>>;
  /** The whole document around `main`. Nothing in it comes from elsewhere. */
  document(page: Page): string;
  send(reply: FastifyReply, document: string): FastifyReply;
}

/** The frame of a service's pages, with the headers that allow its script and style and nothing else. */
export function pageFrame(dress: Dress): Frame {
  const headers = pageHeaders(dress);
  return {
    headers,
    document: (page) => documentOf(page, dress),
    send: (reply, document) => reply.headers(headers).type('text/html; charset=utf-8').send(document),
  };
}

function documentOf(page: Page, { style, script }: Dress): string {
  const { title, look, place, navigation, main, footer, now, timeScale, refreshAfter, data = {} } = page;
  const live = refreshAfter !== undefined;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${favicon(look)}">
<style>${new Html(style)}</style>
${live ? html`<noscript><meta http-equiv="refresh" content="${refreshAfter}"></noscript>` : null}
</head>
<body data-now="${now}"${Object.entries(data).map(([name, value]) => html` data-${name}="${value}"`)}>
<header><div class="wide"><a class="home" href="/">${LOGO}<b>Chainwatch</b></a><span class="place">${place}</span>${navigation}${live ? html`<span id="line" role="status">connecting</span>` : null}</div>${paceNote(timeScale)}</header>
${main}
<footer class="wide">${footer}</footer>
${live ? html`<script>${new Html(script)}</script>` : null}
</body>
</html>
`.text;
}

const LOGO = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M2 12h4l3-7 5 14 3-7h5"/></svg>`;

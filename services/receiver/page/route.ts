import { createHash } from 'node:crypto';
import { type App, HttpFault } from '../../shared/http.ts';
import type { Reader } from '../store/reader.ts';
import type { WatchdogStatus } from '../watchdog.ts';
import { type HistoryData, historyMain } from './history.ts';
import { Html, html } from './html.ts';
import { nameOf } from './parts.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { countWords, mainPart, type PageData, worstOf } from './view.ts';
import { severityClass } from './words.ts';

const MAX_FIRING_SHOWN = 300;
const RECENT_SHOWN = 40;
const MAX_HISTORY_SHOWN = 200;
/** Everybody who has the page open asks for it at the same moment: after a change it is made once for all of them. */
const REUSED_FOR_MS = 1_000;

export interface PageOptions {
  readonly reader: () => Reader;
  readonly watchdog: () => WatchdogStatus;
  /** Why the store takes no writes, or null. */
  readonly trouble: () => string | null;
  /** Milliseconds; see Frame. */
  readonly quietAfter: number;
}

/** `GET /`: what stands, for a person; `GET /history/:fingerprint`: one alert. Documents without anything from elsewhere. */
export function addPage(app: App, options: PageOptions): void {
  let made = { at: 0, lastChange: -1, document: '' };
  const current = (): string => {
    const reader = options.reader();
    const now = Date.now();
    const lastChange = reader.lastChange();
    if (made.lastChange === lastChange && now - made.at >= 0 && now - made.at < REUSED_FOR_MS) return made.document;
    const data: PageData = {
      now,
      quietAfter: options.quietAfter,
      lastChange,
      firing: reader.alerts({ state: 'firing', limit: MAX_FIRING_SHOWN }),
      counts: reader.firingBySeverity(),
      recent: reader.recentChanges(RECENT_SHOWN),
      watchdog: options.watchdog(),
      trouble: options.trouble(),
    };
    made = { at: now, lastChange, document: renderPage(data) };
    return made.document;
  };
  app.get('/', async (_request, reply) => reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(current()));

  app.get<{ Params: { fingerprint: string } }>('/history/:fingerprint', async (request, reply) => {
    const reader = options.reader();
    const { fingerprint } = request.params;
    const alert = reader.alert(fingerprint);
    if (alert === undefined) {
      const reason = `no alert with fingerprint "${fingerprint.slice(0, 128)}" is known`;
      throw new HttpFault(404, {
        error: 'unknown_alert',
        reason,
        remedy: 'see /; alerts are forgotten after the retention',
      });
    }
    const data: HistoryData = {
      now: Date.now(),
      quietAfter: options.quietAfter,
      alert,
      transitions: reader.transitions(fingerprint, MAX_HISTORY_SHOWN).reverse(),
      deliveries: reader.deliveries(fingerprint, MAX_HISTORY_SHOWN).reverse(),
    };
    const document = renderHistory(data, reader.lastChange());
    return reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(document);
  });
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

/** The page of all that fires. */
export function renderPage(data: PageData): string {
  const words = countWords(data.counts);
  const alive = data.watchdog.state === 'alive';
  const title = words === '' ? (alive ? 'All quiet' : 'Silence in doubt') : words;
  const look = worstOf(data.counts) ?? (alive ? 'quiet' : 'doubt');
  return documentOf(title, look, mainPart(data), data.now, data.lastChange);
}

/** The page of one alert. */
export function renderHistory(data: HistoryData, lastChange: number): string {
  const { alert, now } = data;
  const look = alert.status === 'firing' ? severityClass(alert.severity) : 'quiet';
  return documentOf(nameOf(alert), look, historyMain(data), now, lastChange);
}

function documentOf(title: string, look: string, main: Html, now: number, lastChange: number): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Chainwatch</title>
<link rel="icon" href="${favicon(look)}">
<style>${new Html(style)}</style>
<noscript><meta http-equiv="refresh" content="30"></noscript>
</head>
<body data-now="${now}" data-change="${lastChange}">
<header><div class="wide">${LOGO}<b>Chainwatch</b> <span class="place">receiver</span><span id="line" role="status">connecting</span></div></header>
${main}
<footer class="wide"><a href="/alerts">Alerts as JSON</a><a href="/metrics">Metrics</a><a href="/readyz">Readiness</a></footer>
<script>${new Html(script)}</script>
</body>
</html>
`;
  return page.text;
}

const LOGO = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M2 12h4l3-7 5 14 3-7h5"/></svg>`;

const COLOURS: Readonly<Record<string, string>> = {
  critical: '#d92d36',
  warning: '#e08a00',
  info: '#2f74d0',
  other: '#6b7686',
  quiet: '#1b9a5e',
  doubt: '#e08a00',
};

/** A dot in the colour of the worst: seen in a row of tabs. */
function favicon(look: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${COLOURS[look] ?? ''}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

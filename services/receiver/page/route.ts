import { type App, HttpFault } from '../../shared/http.ts';
import type { Look } from '../../shared/page/favicon.ts';
import { pageFrame } from '../../shared/page/frame.ts';
import { type Html, html } from '../../shared/page/html.ts';
import { severityClass } from '../../shared/page/severity.ts';
import type { Reader } from '../store/reader.ts';
import type { WatchdogStatus } from '../watchdog.ts';
import { type HistoryData, historyMain } from './history.ts';
import { nameOf } from './parts.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { countWords, mainPart, type PageData, worstOf } from './view.ts';

const MAX_FIRING_SHOWN = 300;
/** Changes from which the list of what has ended is put together. */
const RECENT_CHANGES = 200;
const CHANGES_OF_EACH = 12;
const MAX_HISTORY_SHOWN = 200;
/** Everybody who has the page open asks for it at the same moment: after a change it is made once for all of them. */
const REUSED_FOR_MS = 1_000;

export interface PageOptions {
  readonly reader: () => Reader;
  readonly watchdog: () => WatchdogStatus;
  /** Why the store takes no writes, or null. */
  readonly trouble: () => string | null;
  /** Milliseconds; see Moment. */
  readonly quietAfter: number;
  /** How many seconds of the rules pass in each real one. */
  readonly timeScale: number;
  /** See Moment. */
  readonly chains: ReadonlySet<string> | undefined;
}

/** Exported for its headers. */
export const frame = pageFrame({ style, script });

/** `GET /`: what stands, for a person; `GET /history/:fingerprint`: one alert. Documents without anything from elsewhere. */
export function addPage(app: App, options: PageOptions): void {
  const { quietAfter, timeScale, chains } = options;
  let made = { at: 0, lastChange: -1, document: '' };
  const current = (): string => {
    const reader = options.reader();
    const now = Date.now();
    const lastChange = reader.lastChange();
    if (made.lastChange === lastChange && now - made.at >= 0 && now - made.at < REUSED_FOR_MS) return made.document;
    const firing = reader.alerts({ state: 'firing', limit: MAX_FIRING_SHOWN });
    const fingerprints = firing.map(({ fingerprint }) => fingerprint);
    const data: PageData = {
      now,
      quietAfter,
      timeScale,
      chains,
      lastChange,
      firing,
      counts: reader.firingBySeverity(),
      changes: [...reader.recentChanges(RECENT_CHANGES), ...reader.changesOf(fingerprints, CHANGES_OF_EACH)],
      watchdog: options.watchdog(),
      trouble: options.trouble(),
    };
    made = { at: now, lastChange, document: renderPage(data) };
    return made.document;
  };
  app.get('/', async (_request, reply) => frame.send(reply, current()));

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
      quietAfter,
      timeScale,
      chains,
      alert,
      transitions: reader.transitions(fingerprint, MAX_HISTORY_SHOWN).reverse(),
      limit: MAX_HISTORY_SHOWN,
      deliveries: reader.deliveries(fingerprint, MAX_HISTORY_SHOWN).reverse(),
    };
    const document = renderHistory(data, reader.lastChange());
    return frame.send(reply, document);
  });
}

/** The page of all that fires. */
export function renderPage(data: PageData): string {
  const words = countWords(data.counts);
  const alive = data.watchdog.state === 'alive';
  const title = words === '' ? (alive ? 'All quiet' : 'Silence in doubt') : words;
  const look = worstOf(data.counts) ?? (alive ? 'quiet' : 'doubt');
  return documentOf(title, look, mainPart(data), data, data.lastChange);
}

/** The page of one alert. */
export function renderHistory(data: HistoryData, lastChange: number): string {
  const { alert } = data;
  const look = alert.status === 'firing' ? severityClass(alert.severity) : 'quiet';
  return documentOf(nameOf(alert), look, historyMain(data), data, lastChange);
}

const FOOTER = html`<a href="/alerts">Alerts as JSON</a><a href="/metrics">Metrics</a><a href="/readyz">Readiness</a>`;

function documentOf(title: string, look: Look, main: Html, about: PageData | HistoryData, lastChange: number): string {
  const { now, timeScale } = about;
  const data = { change: lastChange };
  const page = { look, place: 'receiver', main, footer: FOOTER, now, timeScale, refreshAfter: 30, data };
  return frame.document({ ...page, title: `${title} · Chainwatch` });
}

import { pageFrame } from '../../shared/page/frame.ts';
import { type Content, Html, html } from '../../shared/page/html.ts';
import type { StatusSettings } from '../settings.ts';
import type { State, Status } from '../status.ts';
import { script } from './script.ts';
import { style } from './style.ts';

export interface DocumentParts {
  readonly title: string;
  readonly status: Status;
  readonly settings: Pick<StatusSettings, 'environment' | 'links' | 'timeScale'>;
  /** Which entry of the navigation this is. */
  readonly here: 'overview' | 'runbooks';
  readonly main: Html;
  /** Whether the page keeps itself up to date. */
  readonly live: boolean;
}

/** What all pages of this service stand in. */
export const frame = pageFrame({ style, script });

const REFRESH_SECONDS = 15;

const LOOKS = {
  critical: 'critical',
  warning: 'warning',
  unknown: 'other',
  healthy: 'quiet',
} as const satisfies Record<State, string>;

export function documentOf({ title, status, settings, here, main, live }: DocumentParts): string {
  const { environment, links, timeScale } = settings;
  const current = (page: DocumentParts['here']): Content => (page === here ? new Html(' aria-current="page"') : null);
  const others = Object.entries(links).map(([name, url]) =>
    url === undefined ? null : html`<a href="${url}" rel="noreferrer">${titled(name)}</a>`,
  );
  return frame.document({
    title: `${title} · Chainwatch ${environment}`,
    look: LOOKS[status.state],
    place: environment,
    navigation: html`<nav aria-label="Pages"><a href="/"${current('overview')}>Overview</a><a href="/runbooks"${current('runbooks')}>Runbooks</a></nav>`,
    main,
    footer: html`${others}<a href="/api/status">Status as JSON</a><a href="/metrics">Metrics</a>`,
    now: status.at,
    timeScale,
    ...(live ? { refreshAfter: REFRESH_SECONDS } : {}),
  });
}

function titled(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

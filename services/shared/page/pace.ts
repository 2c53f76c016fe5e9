import { z } from 'zod';
import { type Html, html } from './html.ts';
import { durationWords } from './words.ts';

/** The setting of every service with a page: how many seconds of the rules pass in each real one. */
export function timeScaleField() {
  return z.number().min(1).max(1000).default(1);
}

const HOUR_MS = 3_600_000;

/** Says that time is compressed, so that nobody takes what is seen here for how it is elsewhere; nothing at scale 1. */
export function paceNote(timeScale: number): Html | null {
  if (timeScale === 1) return null;
  return html`<p class="pace wide" role="note"><strong>Time runs ${timeScale} times faster here</strong>: what takes an hour elsewhere takes ${durationWords(HOUR_MS / timeScale)}.</p>`;
}

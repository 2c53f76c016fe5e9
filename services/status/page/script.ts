import { liveScript } from '../../shared/page/live.ts';

/** Reads the page anew every few seconds while somebody looks: Prometheus tells nobody when something changes. */
export const script = liveScript(`
  found();
  setInterval(() => { if (!document.hidden) read(); }, 4000);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) read(); });
`);

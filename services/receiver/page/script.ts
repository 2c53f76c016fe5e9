import { liveScript } from '../../shared/page/live.ts';

/** Reads the page anew when the receiver says that something changed. */
export const script = liveScript(`
  const events = new EventSource('/events');
  let first = true;
  events.addEventListener('change', (event) => {
    const known = first && event.lastEventId === document.body.dataset.change;
    first = false;
    if (known) found(); else read();
  });
  events.onerror = lost;
  setInterval(read, 60000);
`);

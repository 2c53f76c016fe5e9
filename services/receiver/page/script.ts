/**
 * The page's script: keeps the "how long ago" words right, and reads the page anew when the receiver says that something
 * changed. Where the receiver cannot be reached it says so: a page that stands still must not look like silence.
 */
export const script = `
(() => {
  const seconds = (ms) => Math.max(0, Math.round(ms / 1000));
  const words = (ms) => {
    const s = seconds(ms), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
    if (s < 60) return s + ' s';
    if (m < 60) return m + ' min';
    if (h < 24) return h + ' h' + (m % 60 ? ' ' + (m % 60) + ' min' : '');
    return d + ' d' + (h % 24 ? ' ' + (h % 24) + ' h' : '');
  };
  let skew = 0;
  const adopt = () => { skew = Number(document.body.dataset.now) - Date.now(); };
  const tick = () => {
    for (const node of document.querySelectorAll('[data-since]')) {
      node.textContent = words(Date.now() + skew - Number(node.dataset.since));
    }
  };
  const line = document.getElementById('line');
  const say = (state, text) => { line.dataset.state = state; line.textContent = text; };
  let lostAt = 0;
  const lost = () => {
    lostAt = lostAt || Date.now();
    document.body.classList.add('lost');
    say('lost', 'receiver not reachable for ' + words(Date.now() - lostAt));
  };
  const found = () => { lostAt = 0; document.body.classList.remove('lost'); say('live', 'live'); };
  let reading = false, again = false;
  const read = async () => {
    if (reading) { again = true; return; }
    reading = true;
    try {
      const answer = await fetch(location.pathname, { cache: 'no-store' });
      if (!answer.ok) throw new Error(String(answer.status));
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const open = new Set([...document.querySelectorAll('details[open]')].map((node) => node.id));
      for (const node of next.querySelectorAll('details')) if (open.has(node.id)) node.open = true;
      document.querySelector('main').replaceWith(next.querySelector('main'));
      document.querySelector('link[rel=icon]').replaceWith(next.querySelector('link[rel=icon]'));
      document.title = next.title;
      document.body.dataset.now = next.body.dataset.now;
      document.body.dataset.change = next.body.dataset.change;
      adopt();
      tick();
      found();
    } catch {
      lost();
    }
    setTimeout(() => { reading = false; if (again) { again = false; read(); } }, 500);
  };
  adopt();
  setInterval(() => { tick(); if (lostAt) lost(); }, 1000);
  const events = new EventSource('/events');
  let first = true;
  events.addEventListener('change', (event) => {
    const known = first && event.lastEventId === document.body.dataset.change;
    first = false;
    if (known) found(); else read();
  });
  events.onerror = lost;
  setInterval(read, 60000);
})();
`;

/**
 * The overview's script: keeps the "how long ago" words right and reads the page anew every few seconds while somebody
 * looks. Where the service cannot be reached it says so: a page that stands still must not look like health.
 */
export const script = `
(() => {
  const words = (ms) => {
    const s = Math.max(0, Math.round(ms / 1000)), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
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
    say('lost', 'not reachable for ' + words(Date.now() - lostAt));
  };
  const found = () => { lostAt = 0; document.body.classList.remove('lost'); say('live', 'live'); };
  const read = async () => {
    try {
      const answer = await fetch(location.pathname, { cache: 'no-store' });
      if (!answer.ok) throw new Error(String(answer.status));
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const open = new Map([...document.querySelectorAll('details')].map((node) => [node.id, node.open]));
      for (const node of next.querySelectorAll('details')) if (open.has(node.id)) node.open = open.get(node.id);
      const focused = document.activeElement && document.activeElement.closest('main') ? document.activeElement.id : '';
      document.querySelector('main').replaceWith(next.querySelector('main'));
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
      document.querySelector('link[rel=icon]').replaceWith(next.querySelector('link[rel=icon]'));
      document.title = next.title;
      document.body.dataset.now = next.body.dataset.now;
      adopt();
      tick();
      found();
    } catch {
      lost();
    }
  };
  adopt();
  found();
  setInterval(() => { tick(); if (lostAt) lost(); }, 1000);
  setInterval(() => { if (!document.hidden) read(); }, 4000);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) read(); });
})();
`;

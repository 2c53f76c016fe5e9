/**
 * What the script of every page of ours does, whenever it chooses to: keeps the "how long ago" words right, reads the page
 * anew, and says where the service cannot be reached: a page that stands still must not look like silence, or like health.
 *
 * Only elements with `data-live` and an id are replaced, so that a person who reads or copies the rest is left alone.
 *
 * @param when what of its own a page adds: calls `read`, `found` and `lost`
 * @returns the text of a script
 */
export function liveScript(when: string): string {
  return `
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
  const targets = (home) => [...home.querySelectorAll('a, summary')];
  const focus = () => {
    const node = document.activeElement, home = node && node.closest('[id]');
    const at = home ? targets(home).indexOf(node) : -1;
    return () => { const now = at < 0 ? null : document.getElementById(home.id); if (now) targets(now)[at]?.focus({ preventScroll: true }); };
  };
  const adoptPage = (next) => {
    const open = new Map([...document.querySelectorAll('details[id]')].map((node) => [node.id, node.open]));
    for (const node of next.querySelectorAll('details[id]')) if (open.has(node.id)) node.open = open.get(node.id);
    const refocus = focus();
    for (const node of document.querySelectorAll('[data-live]')) {
      const fresh = next.getElementById(node.id);
      if (fresh) node.replaceWith(fresh);
    }
    refocus();
    document.querySelector('link[rel=icon]').replaceWith(next.querySelector('link[rel=icon]'));
    document.title = next.title;
    for (const name in next.body.dataset) document.body.dataset[name] = next.body.dataset[name];
    adopt();
    tick();
  };
  let reading = false, again = false;
  const read = async () => {
    if (reading) { again = true; return; }
    reading = true;
    try {
      const answer = await fetch(location.pathname, { cache: 'no-store' });
      if (!answer.ok) throw new Error(String(answer.status));
      adoptPage(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      found();
    } catch {
      lost();
    }
    setTimeout(() => { reading = false; if (again) { again = false; read(); } }, 500);
  };
  adopt();
  setInterval(() => { tick(); if (lostAt) lost(); }, 1000);
${when}})();
`;
}

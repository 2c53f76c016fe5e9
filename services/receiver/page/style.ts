import { baseStyle } from '../../shared/page/style.ts';

/** What only the receiver's pages have, on top of the look that all our pages share. */
const own = `
.dog { position: relative; margin: 6px 0 0; padding-left: 19px; color: var(--soft); }
.dog::before { content: ""; position: absolute; left: 0; top: .46em; width: 9px; height: 9px; border-radius: 50%; background: var(--warning); }
.dog.alive::before { background: var(--good); }
.dog.ended::before, .dog.stale::before { background: var(--critical); }
ul.dogs { margin: 8px 0 0; padding: 0; list-style: none; font-size: 13px; }
ul.dogs li { margin-top: 2px; overflow-wrap: anywhere; }
.trouble { margin: 14px 0; padding: 12px 18px; border-radius: 10px; background: var(--critical-bg); color: var(--critical); font-weight: 600; overflow-wrap: anywhere; }
.state p a { color: inherit; text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: 3px; }
.pill.odd { color: var(--warning); background: none; box-shadow: inset 0 0 0 1px var(--warning); }
.alert p.old { font-size: 13px; }
.alert:target, .also li:target { outline: 2px solid var(--link); outline-offset: 1px; }
.also { margin: 11px 0 0; padding: 0; list-style: none; border-top: 1px solid var(--line); font-size: 14px; }
.also li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 10px; padding: 7px 0 0; }
.also .which { flex: 1 1 170px; }
.also .pill { flex: none; }
.begun::first-letter { text-transform: uppercase; }
.log .story { margin-top: 3px; font-size: 13px; }
.changes { margin: 6px 0 2px; padding: 0 0 0 12px; list-style: none; border-left: 2px solid var(--line); }
.changes li, .log .changes li { display: grid; grid-template-columns: 92px 1fr; align-items: baseline; gap: 0 10px; padding: 2px 0; border: 0; font-size: 13px; }
.changes li > span { min-width: 0; overflow-wrap: anywhere; }
.changes a { color: var(--text); }
.where { text-align: right; }
.where small { display: block; color: var(--faint); text-align: right; }
.what { overflow-wrap: anywhere; font-size: 13px; font-weight: 600; color: var(--critical); }
.what.warning { color: var(--warning); }
.what.info { color: var(--info); }
.what.other, .what.ignored { color: var(--other); }
.what.resolved { color: var(--good); }
`;

export const style = baseStyle + own;

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
.what { font-size: 13px; font-weight: 600; color: var(--critical); }
.what.warning { color: var(--warning); }
.what.info { color: var(--info); }
.what.other, .what.ignored { color: var(--other); }
.what.resolved { color: var(--good); }
`;

export const style = baseStyle + own;

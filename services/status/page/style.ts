import { baseStyle } from '../../shared/page/style.ts';

/** What only the status pages have, on top of the look that all our pages share. */
const own = `
header nav { display: flex; gap: 4px 16px; margin-left: auto; font-size: 14px; }
header nav + #line { margin-left: 18px; }
header nav a { color: var(--soft); }
header nav a[aria-current] { color: var(--text); font-weight: 600; }
.pill.healthy { color: var(--good); background: var(--good-bg); }
.pill.unknown, .pill.plain { color: var(--other); background: var(--other-bg); }
.cards { display: flex; flex-wrap: wrap; gap: 12px; }
.card { position: relative; display: flex; flex: 1 1 262px; flex-direction: column; padding: 18px 18px 14px; overflow: hidden; background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); min-width: 0; }
.card::before { content: ""; position: absolute; inset: 0 0 auto; height: 4px; background: var(--faint); }
.card.healthy::before { background: var(--good); }
.card.warning::before { background: var(--warning); }
.card.critical::before { background: var(--critical); }
.card .head { display: flex; align-items: baseline; justify-content: space-between; gap: 10px; }
.card h3 { margin: 0; font-size: 17px; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
.card .kind { margin: 0 0 10px; font-size: 13px; color: var(--faint); }
.card ul { margin: 0 0 12px; padding: 0; list-style: none; overflow-wrap: anywhere; }
.card .reasons { font-size: 14px; }
.card .reasons li + li { margin-top: 3px; }
.card .reasons .fine { color: var(--good); }
.card .reasons b { font-weight: 650; }
.critical > b, b.critical { color: var(--critical); }
.warning > b, b.warning { color: var(--warning); }
.card .components { display: flex; flex-wrap: wrap; gap: 5px 14px; font-size: 13px; color: var(--soft); }
.card .components small { font-size: 12px; color: var(--faint); font-variant-numeric: tabular-nums; }
.card .components .down { color: var(--critical); font-weight: 600; }
.card .components .down small { color: inherit; }
.dot { flex: none; display: inline-block; width: 8px; height: 8px; margin-right: 6px; border-radius: 50%; background: var(--faint); }
.dot.up { background: var(--good); }
.dot.down { background: var(--critical); }
.card dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 14px; margin: 0 0 12px; font-size: 13px; }
.card dt { color: var(--faint); overflow-wrap: anywhere; }
.card dd { margin: 0; text-align: right; color: var(--text); font-variant-numeric: tabular-nums; }
.card dd small { display: block; font-size: 12px; font-weight: 400; color: var(--faint); }
.card dd.doubt { color: var(--warning); font-weight: 600; }
.card .foot { margin-top: auto; font-size: 13px; color: var(--soft); font-variant-numeric: tabular-nums; }
.troubles { margin: 12px 0 14px; padding: 0; list-style: none; }
.troubles li { display: grid; grid-template-columns: minmax(90px, auto) 1fr auto auto; align-items: baseline; gap: 0 14px; padding: 7px 0; border-top: 1px solid var(--line); }
.troubles b { font-weight: 650; overflow-wrap: anywhere; }
.troubles .what { min-width: 0; overflow-wrap: anywhere; }
.troubles .what a { color: var(--text); }
.troubles .runbook { font-size: 13px; font-weight: 600; }
.troubles .more { display: block; font-size: 13px; color: var(--faint); }
.troubles ~ p, .state .hushed + p { font-size: 13px; color: var(--faint); }
.card .reasons .hushed, .state .hushed { font-size: 13px; color: var(--faint); }
.alert.hushed .old { color: var(--soft); }
.alert.hushed h3 { color: var(--soft); }
.now small { color: inherit; }
.alert:target { outline: 2px solid var(--link); outline-offset: 1px; }
.thing b { font-weight: 600; color: var(--soft); }
.log.targets li { grid-template-columns: 8px 1fr auto 132px; }
.log.targets .when { text-align: right; }
details.all { margin-top: 10px; font-size: 14px; }
details.all > summary ~ * { margin-top: 10px; }
details.all > summary { padding: 2px 0; }
main.text h1 { margin: 18px 0 6px; }
main.text .crumbs { margin: 20px 0 0; font-size: 14px; color: var(--faint); }
.now { margin: 14px 0 22px; padding: 12px 16px; border-radius: 10px; font-size: 14px; color: var(--other); background: var(--other-bg); overflow-wrap: anywhere; }
.now.critical { color: var(--critical); background: var(--critical-bg); }
.now.warning { color: var(--warning); background: var(--warning-bg); }
.now.info { color: var(--info); background: var(--info-bg); }
.now.quiet { color: var(--good); background: var(--good-bg); }
.now ul { margin: 6px 0 0; padding: 0 0 0 18px; }
.limits { margin: 0 0 22px; border-collapse: collapse; font-size: 14px; }
.limits caption { padding: 0 0 6px; text-align: left; color: var(--faint); }
.limits th, .limits td { padding: 5px 18px 5px 0; border-top: 1px solid var(--line); text-align: left; font-weight: 400; overflow-wrap: anywhere; }
.limits thead th { border: 0; color: var(--faint); }
.limits tbody th { font-weight: 600; }
.prose { padding: 6px 26px 18px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); overflow-wrap: anywhere; }
.prose h1, .prose h2, .prose h3, .prose h4 { display: block; margin: 26px 0 8px; font-size: 17px; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; text-transform: none; color: var(--text); }
.prose h1 { font-size: 22px; margin-top: 18px; }
.prose h3, .prose h4 { font-size: 15px; }
.prose p, .prose ul, .prose ol, .prose blockquote { max-width: 76ch; margin: 10px 0; }
.prose ul, .prose ol { padding-left: 22px; }
.prose li { margin: 4px 0; }
.prose code { padding: 1px 5px; border-radius: 5px; background: var(--other-bg); font: .875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.prose pre { margin: 12px 0; padding: 12px 14px; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--ground); }
.prose pre code { padding: 0; background: none; font-size: 13px; overflow-wrap: normal; white-space: pre; }
.prose blockquote { padding: 2px 16px; border-left: 3px solid var(--line); color: var(--soft); }
.prose table { display: block; overflow-x: auto; width: auto; box-shadow: none; border: 0; border-radius: 0; background: none; }
.prose th, .prose td { padding: 6px 12px; border: 1px solid var(--line); text-align: left; font-size: 14px; }
ul.index { margin: 0; padding: 6px 0; list-style: none; background: var(--card); border: 1px solid var(--line); border-radius: 10px; columns: 2 260px; column-gap: 0; }
ul.index li { break-inside: avoid; padding: 4px 18px; overflow-wrap: anywhere; }
@media (max-width: 560px) {
  header div.wide { flex-wrap: wrap; }
  header span.place { order: 1; }
  header #line { order: 2; margin-left: auto; }
  header nav, header nav + #line { margin-left: auto; }
  header nav { order: 3; flex-basis: 100%; margin-left: 0; }
  .troubles li { grid-template-columns: 1fr auto; gap: 1px 12px; padding: 9px 0; }
  .troubles .what { grid-column: 1 / -1; grid-row: 2; }
  .troubles .since { grid-row: 1; grid-column: 2; }
  .troubles .runbook { grid-row: 3; grid-column: 1 / -1; justify-self: start; margin-top: 3px; }
  .log.targets li { grid-template-columns: 8px 1fr auto; }
  .log.targets .which { grid-row: 1; grid-column: 2; }
  .log.targets .where { display: none; }
  .prose { padding: 2px 16px 12px; }
}
`;

export const style = baseStyle + own;

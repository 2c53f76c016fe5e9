/** The look that all our pages share: both colour schemes by the reader's preference, one column on a phone. */
export const baseStyle = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #ffffff; --line: #e1e4ea; --text: #1b212b; --soft: #5b6575; --faint: #626c7d;
  --critical: #c8232c; --critical-bg: #fdecec; --warning: #a85b00; --warning-bg: #fff3dd; --info: #1f5fbf; --info-bg: #e8f0fd;
  --other: #5b6575; --other-bg: #eceff3; --good: #14794a; --good-bg: #e3f5ec; --link: #1f5fbf;
  --shadow: 0 1px 2px rgb(20 30 50 / .06), 0 4px 14px rgb(20 30 50 / .05);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1116; --card: #171b22; --line: #272d38; --text: #e7ebf1; --soft: #a3adbc; --faint: #8794a7;
    --critical: #ff7b7b; --critical-bg: #3a1719; --warning: #f5b759; --warning-bg: #35260d; --info: #8ab6ff; --info-bg: #14263f;
    --other: #a3adbc; --other-bg: #222833; --good: #5fd39a; --good-bg: #10301f; --link: #8ab6ff;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.wide { max-width: 900px; margin: 0 auto; padding: 0 20px; }
header div.wide { display: flex; align-items: center; gap: 10px; padding-top: 18px; padding-bottom: 6px; }
header svg { width: 22px; height: 22px; flex: none; color: var(--soft); }
header b { font-weight: 650; letter-spacing: -.01em; }
header a.home { display: inline-flex; align-items: center; gap: 10px; color: inherit; }
header a.home:hover { text-decoration: none; }
header span.place { color: var(--faint); overflow-wrap: anywhere; }
.pace { padding-top: 4px; font-size: 13px; color: var(--soft); }
header p.pace { margin-top: 0; margin-bottom: 0; }
.pace strong { font-weight: 600; color: var(--warning); }
#line { margin-left: auto; font-size: 13px; color: var(--faint); white-space: nowrap; }
#line::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 7px; border-radius: 50%; background: var(--faint); }
#line[data-state=live]::before { background: var(--good); }
#line[data-state=lost] { color: var(--critical); font-weight: 600; }
#line[data-state=lost]::before { background: var(--critical); }
body.lost [data-live] { opacity: .5; }
.state, .alert { position: relative; overflow: hidden; background: var(--card); border: 1px solid var(--line); box-shadow: var(--shadow); }
.state::before, .alert::before { content: ""; position: absolute; inset: 0 auto 0 0; width: 4px; background: var(--other); }
.state { margin: 14px 0 26px; padding: 22px 26px; border-radius: 14px; }
.state p strong { color: var(--text); font-weight: 600; }
.state p { margin: 6px 0 0; color: var(--soft); overflow-wrap: anywhere; }
.state::before { width: 6px; }
.state.critical::before, .alert.critical::before { background: var(--critical); }
.state.warning::before, .alert.warning::before, .state.doubt::before { background: var(--warning); }
.state.info::before, .alert.info::before { background: var(--info); }
.state.quiet::before, .alert.resolved::before { background: var(--good); }
h1 { margin: 0; font-size: 26px; line-height: 1.25; font-weight: 680; letter-spacing: -.02em; }
h1 span { white-space: nowrap; }
h1 .critical { color: var(--critical); }
h1 .warning { color: var(--warning); }
h1 .info { color: var(--info); }
h2 { display: flex; align-items: baseline; gap: 10px; margin: 30px 0 10px; font-size: 16px; font-weight: 650; letter-spacing: -.01em; color: var(--text); overflow-wrap: anywhere; }
h2 small { font-size: 13px; font-weight: 500; letter-spacing: 0; color: var(--faint); }
.alert { margin: 0 0 10px; padding: 14px 18px 13px 22px; border-radius: 10px; }
.alert .head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; }
.alert h3 { margin: 0; font-size: 16px; font-weight: 640; letter-spacing: -.01em; overflow-wrap: anywhere; }
.pill { overflow-wrap: anywhere; padding: 1px 9px; border-radius: 99px; font-size: 12px; font-weight: 640; color: var(--other); background: var(--other-bg); }
.pill.critical { color: var(--critical); background: var(--critical-bg); }
.pill.warning { color: var(--warning); background: var(--warning-bg); }
.pill.info { color: var(--info); background: var(--info-bg); }
.pill.resolved { color: var(--good); background: var(--good-bg); }
.thing { font-size: 13px; color: var(--faint); overflow-wrap: anywhere; }
.since { margin-left: auto; font-size: 13px; color: var(--soft); white-space: nowrap; font-variant-numeric: tabular-nums; }
.alert p { margin: 5px 0 0; overflow-wrap: anywhere; white-space: pre-line; }
.alert p.description { color: var(--soft); }
.alert .foot { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; margin-top: 9px; font-size: 13px; color: var(--faint); }
a.runbook { padding: 1px 10px; border: 1px solid var(--line); border-radius: 7px; font-size: 13px; font-weight: 600; white-space: nowrap; background: var(--ground); }
a.runbook:hover { border-color: var(--link); text-decoration: none; }
.alert .old { color: var(--warning); }
details[open], .foot > .labels { flex-basis: 100%; }
summary { display: inline-block; cursor: pointer; color: var(--soft); list-style: none; border-radius: 4px; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "+"; display: inline-block; width: 15px; color: var(--faint); }
details[open] > summary::before { content: "\\2013"; }
.labels { display: flex; flex-wrap: wrap; gap: 6px; margin: 8px 0 2px; padding: 0; list-style: none; }
.labels li { padding: 1px 8px; border: 1px solid var(--line); border-radius: 6px; font: 12px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--text); overflow-wrap: anywhere; }
.labels b { font-weight: 500; color: var(--faint); }
.log { margin: 0; padding: 0; list-style: none; background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); }
.log li { display: grid; grid-template-columns: 108px 84px 1fr auto; align-items: baseline; gap: 0 10px; padding: 8px 16px; border-top: 1px solid var(--line); font-size: 14px; }
.log li:first-child { border-top: 0; }
.when, .where { font-size: 13px; color: var(--soft); white-space: nowrap; font-variant-numeric: tabular-nums; }
.where { max-width: 200px; overflow: hidden; text-overflow: ellipsis; }
.which { min-width: 0; overflow-wrap: anywhere; }
.which a { color: var(--text); font-weight: 600; }
.which small { display: block; font-size: 13px; color: var(--soft); }
.none { color: var(--faint); }
footer.wide { padding-top: 28px; padding-bottom: 40px; font-size: 13px; color: var(--faint); }
footer a { margin-right: 14px; }
@media (max-width: 560px) {
  .wide { padding: 0 14px; }
  .state { padding: 18px 18px 18px 22px; }
  h1 { font-size: 22px; }
  .since { margin-left: 0; }
  .log li { grid-template-columns: auto 1fr auto; padding: 9px 14px; }
  .where { max-width: 130px; }
  .log .which { grid-row: 2; grid-column: 1 / -1; }
}
`;

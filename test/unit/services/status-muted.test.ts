import { describe, expect, it } from 'vitest';
import { html } from '../../../services/shared/page/html.ts';
import { headline } from '../../../services/status/page/hero.ts';
import { overview } from '../../../services/status/page/overview.ts';
import { runbookMain } from '../../../services/status/runbooks/page.ts';
import { alert, alertmanager, answer, dev, group, judge, type Known, NOW, system } from './status.ts';

/** What a person or a rule has muted is told apart, and not as if somebody had to look. */

const stalled = { ...dev, alertname: 'UnsafeHeadStalled', severity: 'critical' };
const lagging = { ...dev, alertname: 'UnsafeHeadLagging', severity: 'warning' };
const silence = { id: 's-1', comment: 'disk is replaced', createdBy: 'anna', endsAt: NOW + 3_600_000 };

const status = (known: readonly Known[], silences = [silence], labels = [stalled, lagging]) =>
  judge({
    rules: answer([group(dev, { alerts: labels.map((each) => alert(each)) }), group(system)]),
    alertmanager: alertmanager(known, silences),
  });
const text = (part: { readonly text: string }) =>
  part.text
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ([,:.])/g, '$1');
const cardOf = (page: string) => /<section class="card (\w+)" id="network-dev".*?<\/section>/s.exec(page) ?? [];

const inhibited: readonly Known[] = [
  { labels: stalled, fingerprint: 'f1' },
  { labels: lagging, fingerprint: 'f2', inhibitedBy: ['f1'] },
];
const silenced: readonly Known[] = [
  { labels: stalled, silencedBy: ['s-1'] },
  { labels: lagging, silencedBy: ['s-1'] },
];

describe('what is muted', () => {
  it('names the alert that mutes it', () => {
    const judged = status(inhibited);
    expect(judged.alerts.map(({ alertname, mutedBy }) => [alertname, mutedBy])).toEqual([
      ['UnsafeHeadStalled', []],
      ['UnsafeHeadLagging', [{ by: 'alert', what: 'UnsafeHeadStalled' }]],
    ]);
    const [card = '', state] = cardOf(overview(judged).text);
    expect(state).toBe('critical');
    expect(text({ text: card })).toContain('1 critical for 2 min 1 muted: by UnsafeHeadStalled');
    expect(card).not.toContain('1 warning');
  });

  it('says who silenced it, why and until when', () => {
    expect(text(overview(status(silenced)))).toContain(
      '2 muted: by silence “disk is replaced (anna)” until 04:04:05 UTC',
    );
    // Alertmanager may be asked for its alerts and not for its silences.
    expect(text(overview(status(silenced, [])))).toContain('2 muted: by silence “s-1”');
  });

  it('does not count in the state of its network, and does not look like a good day', () => {
    const judged = status(silenced);
    expect(judged.networks[0]).toMatchObject({
      state: 'healthy',
      reasons: [],
      alerts: { critical: 0, warning: 0, info: 0, muted: 2 },
    });
    const page = overview(judged).text;
    expect(cardOf(page)[1]).toBe('healthy');
    expect(text({ text: cardOf(page)[0] ?? '' })).toContain('Nothing else is wrong. 2 muted');
    expect(headline(judged)).toBe('All is well, 2 muted');
    expect(page).toContain('<section class="state other"');
    expect(overview(status([], [], [])).text).toContain('<section class="state quiet"');
  });

  it('stands apart in the list, without the colour of what fires', () => {
    const page = overview(status(inhibited)).text;
    const [before = '', after = ''] = page.split('<details class="all" id="hushed">');
    expect(before).toContain('<article class="alert critical"');
    expect(before).not.toContain('<h3>UnsafeHeadLagging');
    expect(after).toContain('<article class="alert hushed"');
    expect(after).toContain('<span class="old">muted: by UnsafeHeadStalled</span>');
  });

  it('is summed up by what mutes it, and shows no markup and no credentials that a comment holds', () => {
    const evil = { ...silence, comment: '<b>hunter2</b>', createdBy: '' };
    const page = overview(status([inhibited[0] ?? { labels: {} }, { labels: lagging, silencedBy: ['s-1'] }], [evil]));
    expect(page.text).toContain('by silence “&lt;b&gt;…&lt;/b&gt;”');
    const third = { ...dev, alertname: 'Third', severity: 'info' };
    const mixed = status([...inhibited, { labels: third, silencedBy: ['s-1'] }], [silence], [stalled, lagging, third]);
    expect(text(overview(mixed))).toContain('2 muted: 1 by UnsafeHeadStalled, 1 by silence “disk is replaced (anna)”');
    expect(headline(mixed)).toBe('1 critical firing, 1 muted');
  });

  it('is told above its runbook', () => {
    const name = { chain: 'op-stack', alert: 'UnsafeHeadStalled' };
    const page = runbookMain(name, html``, html``, status(silenced));
    expect(text(page)).toContain('It fires now: dev for 2 min: something is wrong (muted: by silence “disk is');
    expect(page.text).toContain('<div class="now other"');
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frame, renderHistory, renderPage } from '../../../services/receiver/page/route.ts';
import type { PageData } from '../../../services/receiver/page/view.ts';
import type { AlertView, RecentChange } from '../../../services/receiver/store/reader.ts';

const NOW = Date.UTC(2026, 4, 1, 12);
const iso = (ago: number) => new Date(NOW - ago).toISOString();

function alert(fields: Partial<AlertView> = {}): AlertView {
  return {
    fingerprint: 'aa',
    status: 'firing',
    alertname: 'UnsafeHeadStalled',
    severity: 'critical',
    network: 'bega',
    chain: 'op-stack',
    labels: { alertname: 'UnsafeHeadStalled', severity: 'critical', network: 'bega', component: 'op-node' },
    annotations: { summary: 'The unsafe head stands still', runbook_url: 'https://example.org/runbook' },
    startsAt: iso(720_000),
    endsAt: null,
    receivedAt: iso(700_000),
    firstReceivedAt: iso(700_000),
    lastReceivedAt: iso(60_000),
    source: 'alertmanager',
    channel: 'default',
    deliveries: 3,
    generatorURL: 'http://prometheus:9090/graph',
    changeId: 1,
    ...fields,
  };
}

function changed(fields: Partial<RecentChange> = {}): RecentChange {
  const { fingerprint, alertname, network, chain, channel, labels, severity, annotations, startsAt } = alert();
  const of = { fingerprint, alertname, network, chain, channel, labels, severity, annotations, startsAt };
  return { id: 1, change: 'fired', endsAt: null, receivedAt: NOW - 700_000, ...of, ...fields };
}

function page(fields: Partial<PageData> = {}): string {
  return renderPage({
    now: NOW,
    quietAfter: 86_400_000,
    timeScale: 1,
    lastChange: 1,
    firing: [],
    counts: new Map(),
    chains: new Set(['op-stack']),
    changes: [],
    watchdog: { state: 'alive', lastSeen: NOW - 12_000, each: [{ name: '', state: 'alive', lastSeen: NOW - 12_000 }] },
    trouble: null,
    ...fields,
  });
}

const text = (document: string) =>
  document
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<\/?(span|strong|time)[^>]*>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the page', () => {
  test('says of an alert that nobody repeats any more that it may be over', () => {
    const firing = [alert({ lastReceivedAt: iso(60_000) })];
    expect(text(page({ firing, quietAfter: 61_000 }))).not.toContain('not repeated');
    expect(text(page({ firing, quietAfter: 59_000 }))).toContain('not repeated for 1 min: it may be over');
  });

  test('shows what fires, grouped by network, the worst first', () => {
    const firing = [
      alert({ network: 'aardvark', severity: 'info', alertname: 'Minor', fingerprint: 'bb' }),
      alert({ severity: 'warning', alertname: 'Middle', fingerprint: 'cc' }),
      alert(),
    ];
    const shown = text(
      page({
        firing,
        counts: new Map([
          ['critical', 1],
          ['warning', 1],
          ['info', 1],
        ]),
      }),
    );
    expect(shown).toContain('1 critical, 1 warning, 1 info firing');
    const list = shown.slice(shown.indexOf('bega op-stack'));
    const places = ['bega op-stack', 'UnsafeHeadStalled', 'Middle', 'aardvark', 'Minor'].map((word) =>
      list.indexOf(word),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(shown).toContain('for 12 min');
  });

  test('shows one incident in one card: the worst alert, the others beneath, and what they went through', () => {
    const labels = { subject: 'unsafe-head' };
    const lagging = { fingerprint: 'bb', alertname: 'UnsafeHeadLagging', severity: 'warning', labels };
    const document = page({
      firing: [alert({ ...lagging, startsAt: iso(1_500_000) }), alert({ labels })],
      changes: [changed({ ...lagging, id: 1, receivedAt: NOW - 1_480_000 }), changed({ labels, id: 2 })],
    });
    expect(document.match(/<article/g)).toHaveLength(1);
    const [card = ''] = /<article.*<\/article>/s.exec(document) ?? [];
    expect(text(card)).toMatch(/^ UnsafeHeadStalled critical ?for 12 min/);
    expect(text(card)).toMatch(/2 changes 11 min ago ?critical fired UnsafeHeadStalled 24 min ago ?warning fired/);
    expect(text(card)).toMatch(/warning ?UnsafeHeadLagging/);
    // Folded by the browser itself, without a script.
    expect(card).toContain('<details class="story" id="story-of-aa"><summary>2 changes</summary><ol');
    expect(text(document)).toContain('2 firing, 1 incident');
  });

  test('shows what has ended in one row each, with its severity in words', () => {
    const over = { endsAt: iso(60_000), change: 'resolved', receivedAt: NOW - 50_000 } as const;
    const shown = text(page({ changes: [changed(), changed({ id: 2, ...over })] }));
    expect(shown).toMatch(
      /Ended lately 50 s ago ?critical ?UnsafeHeadStalled The unsafe head stands still 2 changes 50 s ago ?critical resolved after 11 min 11 min ago ?critical fired ?bega lasted 11 min/,
    );
    expect(text(page({ changes: [changed({ severity: '' }), changed({ id: 2, severity: '', ...over })] }))).toContain(
      'no severity resolved',
    );
  });

  test('says since when the worst is so, and since when nothing is', () => {
    const firing = [
      alert({ severity: 'info', alertname: 'Old', fingerprint: 'bb', startsAt: iso(86_400_000) }),
      alert({ alertname: 'Newer', fingerprint: 'cc', startsAt: iso(30_000) }),
      alert(),
    ];
    expect(text(page({ firing }))).toContain(
      'critical for 12 min, first UnsafeHeadStalled ; the newest, Newer , for 30 s',
    );
    expect(text(page({ firing: [alert()] }))).toContain('critical for 12 min: UnsafeHeadStalled');
    const over = { endsAt: iso(60_000), change: 'resolved', receivedAt: NOW - 50_000 } as const;
    expect(text(page({ changes: [changed(over)] }))).toContain('All quiet For 50 s; the last was UnsafeHeadStalled');
    expect(text(page())).not.toContain('the last was');
  });

  test('marks what says that it is of a chain that is not known here', () => {
    expect(page({ firing: [alert()] })).not.toContain('class="pill odd"');
    const odd = { chain: 'opstack', channel: 'opstack' };
    const shown = text(page({ firing: [alert(odd)] }));
    expect(shown).toContain('unknown chain opstack');
    expect(shown).toContain('No rules or runbooks for “opstack” are known here.');
    expect(text(page({ changes: [changed({ ...odd, change: 'resolved' })] }))).toContain('unknown chain opstack');
    expect(page({ firing: [alert(odd)], chains: undefined })).not.toContain('class="pill odd"');
  });

  test('says whether silence can be trusted', () => {
    expect(text(page())).toMatch(/All quiet Watchdog alive 12 s ago: alerts would arrive/);
    const never = text(page({ watchdog: { state: 'never', lastSeen: null, each: [] } }));
    expect(never).toMatch(/No alert fires No Watchdog was ever heard/);
    const stale = text(page({ watchdog: { state: 'stale', lastSeen: NOW - 3_600_000, each: [] } }));
    expect(stale).toMatch(/Watchdog last heard 1 h ago: .*Do not trust silence/);
    expect(stale).not.toContain('All quiet');
  });

  test('says that alerts cannot be stored', () => {
    expect(text(page({ trouble: 'database or disk is full' }))).toContain(
      'New alerts cannot be stored: database or disk is full',
    );
  });

  test('says so where time is compressed, and nothing of time where it is not', () => {
    expect(text(page({ timeScale: 60 }))).toContain(
      'Time runs 60 times faster here: what takes an hour elsewhere takes 1 min.',
    );
    expect(text(page())).not.toContain('faster');
  });

  test('links only what is http or https', () => {
    const bad = page({
      firing: [alert({ annotations: { runbook_url: 'javascript:alert(1)' }, generatorURL: 'data:text/html,x' })],
    });
    expect(bad).not.toMatch(/href="(javascript|data:text)/);
    expect(bad).not.toContain('>Runbook<');
    expect(page({ firing: [alert()] })).toContain(
      '<a class="runbook" href="https://example.org/runbook" rel="noreferrer">Runbook</a>',
    );
  });

  test('lets its own script and style run and nothing else', () => {
    const policy = frame.headers['content-security-policy'] ?? '';
    const document = page({ firing: [alert({ alertname: '<script>alert(1)</script>' })] });
    for (const kind of ['script', 'style']) {
      const all = [...document.matchAll(new RegExp(`<${kind}>(.*?)</${kind}>`, 'gs'))];
      expect(all).toHaveLength(1);
      const hash = createHash('sha256')
        .update(all[0]?.[1] ?? '')
        .digest('base64');
      expect(policy).toContain(`${kind}-src 'sha256-${hash}'`);
    }
    expect(policy).toContain("default-src 'none'");
    expect(document).not.toMatch(/ (on\w+|style)="/);
  });

  test('no text of others becomes markup', () => {
    const marked = fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', ' ', '/', '=', '`') });
    const tags = (word: string) => {
      const fields = {
        alertname: `x${word}`,
        severity: `s${word}`,
        network: `n${word}`,
        channel: `c${word}`,
        labels: { [`k${word}`]: word },
        annotations: { summary: `s${word}`, description: `d${word}` },
        chain: `h${word}`,
      };
      const changes = [changed({ ...fields, fingerprint: 'bb' }), changed({ ...fields, id: 2, change: 'resolved' })];
      return page({ firing: [alert(fields)], changes }).match(/<[a-z/!][^<]*>/gi)?.length;
    };
    const harmless = tags('');
    fc.assert(
      fc.property(marked, (evil) => {
        expect(tags(evil)).toBe(harmless);
      }),
      { numRuns: 100 },
    );
  });
});

test('the page of one alert tells what it went through and who said so', () => {
  const history = (limit: number) =>
    text(
      renderHistory(
        {
          now: NOW,
          quietAfter: 86_400_000,
          timeScale: 1,
          chains: undefined,
          limit,
          alert: alert({ status: 'resolved', endsAt: iso(60_000) }),
          transitions: [
            {
              id: 2,
              change: 'resolved',
              startsAt: iso(720_000),
              endsAt: iso(60_000),
              receivedAt: iso(50_000),
              source: 'alertmanager',
              channel: 'default',
              severity: 'critical',
              annotations: { summary: 'It moves again' },
            },
          ],
          deliveries: [
            {
              startsAt: iso(900_000),
              status: 'firing',
              source: 'grafana',
              channel: 'op-stack',
              count: 2,
              applied: false,
              firstReceivedAt: iso(40_000),
              lastReceivedAt: iso(30_000),
            },
          ],
        },
        7,
      ),
    );
  const shown = history(2);
  expect(shown).toContain('ended 1 min ago, after 11 min');
  expect(shown).not.toContain('Only the newest');
  expect(history(1).match(/Only the newest 1 are shown: more as JSON/g)).toHaveLength(2);
  expect(shown).toMatch(/50 s ago\s?critical resolved\s?It moves again 11 min, until 2026-05-01 11:59:00 UTC/);
  expect(shown).toMatch(
    /30 s ago\s?firing\s?grafana, 2 deliveries, changed nothing of the episode that began 2026-05-01 11:45:00 UTC/,
  );
});

import { describe, expect, test } from 'vitest';
import { compare, isEmpty } from '../../../cli/diff/compare.ts';
import { formatMarkdown } from '../../../cli/diff/markdown.ts';
import { formatText } from '../../../cli/diff/text.ts';
import { view } from '../../../cli/diff/view.ts';
import { paint } from '../../../cli/output.ts';
import { emptyDocument, makeDocument, type PlanDocument, SECTIONS } from '../../../cli/plan/document.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { type Config, known, network, stackOf } from '../../fixtures/toy.ts';

function document(sections: Config = {}): PlanDocument {
  const stack = stackOf(sections);
  return makeDocument(
    makePlan({ ...stack, prometheus: { ...stack.prometheus, timeScale: 1 } }, known),
    stack.prometheus.timeScale,
  );
}

const tuned = (alerts: Config) => ({ networks: { net: { ...network, alerts } } });
const plain = paint({ color: false });

function read(before: Config, after: Config) {
  const difference = compare(document(before), document(after));
  const seen = view(difference);
  return { difference, seen, text: formatText(seen, plain), markdown: formatMarkdown(seen) };
}

describe('the document', () => {
  test('keeps its format: who changes this test makes a new number', () => {
    const made = document();
    expect(Object.keys(made)).toEqual(['format', 'stack', 'timeScale', 'alerts', ...SECTIONS, 'secrets']);
    expect(made.format).toBe(1);
    expect(made.alerts['net/BalanceLow']).toEqual({
      owner: 'net',
      alert: 'BalanceLow',
      severity: 'warning',
      unit: 'ETH',
      threshold: 0.5,
      op: '<',
      window: null,
      for: 0,
      keepFiringFor: 0,
      engine: 'prometheus',
      labels: expect.objectContaining({ network: 'net', chain: 'toy' }),
      annotations: expect.objectContaining({ unit: 'ETH' }),
      expr: 'toy_balance{network="net"} < 0.5',
      reading: 'toy_balance{network="net"} < 0',
      promql: 'toy_balance{network="net"} < 0.5',
      interval: 60,
    });
  });

  test('is in the time of the chain, whatever the stack compresses', () => {
    const fast = document({ prometheus: { scrapeInterval: '2s', evaluationInterval: '2s', timeScale: 10 } });
    expect(fast.alerts['net/HeadStalled']).toMatchObject({ window: 600, for: 600, threshold: 5 });
    expect(fast.timeScale).toBe(10);
  });

  test('holds no secret, only names', () => {
    const receivers = { team: { slack: { webhook: { secret: 'slackWebhook' } } } };
    const made = document({ notifications: { receivers, default: 'team' } });
    expect(made.secrets).toContain('slackWebhook');
    expect(made.receivers.team?.channels).toEqual(['slack secret slackWebhook']);
  });
});

describe('what differs', () => {
  test('nothing, where nothing does', () => {
    expect(isEmpty(compare(document(), document()))).toBe(true);
    expect(isEmpty(compare(document(), document(tuned({ BalanceLow: { threshold: '0.5 ETH' } }))))).toBe(true);
  });

  test('a limit, with its unit, and whether it fires earlier or later', () => {
    const { difference, text, markdown } = read(
      {},
      tuned({ BalanceLow: { threshold: '1 ETH', for: '5m' }, HeadStalled: { window: '20m' } }),
    );
    expect(difference.alerts.changed.map(({ key, changes }) => [key, changes])).toEqual([
      [
        'net/BalanceLow',
        [
          { field: 'threshold', before: '< 0.5 ETH', after: '< 1 ETH', fires: 'earlier' },
          { field: 'for', before: 0, after: 300, fires: 'later' },
        ],
      ],
      ['net/HeadStalled', [{ field: 'window', before: 600, after: 1200 }]],
    ]);
    expect(text).toContain(
      '~ BalanceLow (warning)  net\n      threshold  < 0.5 ETH → < 1 ETH  fires earlier\n      for        0s → 5m  fires later\n',
    );
    expect(text).toContain('      window  10m → 20m\n');
    expect(markdown).toContain('| `BalanceLow` | net | threshold | `< 0.5 ETH` | `< 1 ETH` | fires earlier |');
  });

  test('a limit is one change, though it is recorded and drawn as well', () => {
    const changes = { BalanceEmpty: { threshold: '0.05 ETH' }, LagHigh: { threshold: '2m' } };
    const { alerts, ...others } = read({}, tuned(changes)).difference;
    expect(alerts.changed.map(({ key }) => key)).toEqual(['net/BalanceEmpty', 'net/LagHigh']);
    expect(JSON.stringify(others)).not.toMatch(/"key":|chainwatch_alert_limit/);
  });

  test.each([
    ['LagHigh', '2m', 'later'],
    ['LagHigh', '30s', 'earlier'],
    ['BalanceLow', '0.2 ETH', 'later'],
    ['ErrorRateHigh', '5 errors/s', 'later'],
  ])('%s at %s fires %s', (alert, threshold, fires) => {
    const { difference } = read({}, tuned({ [alert]: { threshold } }));
    expect(difference.alerts.changed[0]?.changes[0]).toMatchObject({ field: 'threshold', fires });
  });

  test('severity, labels and engine', () => {
    const { text } = read({}, tuned({ BalanceLow: { severity: 'critical', labels: { team: 'x' } } }));
    expect(text).toContain('severity     warning → critical\n');
    expect(text).toContain('labels.team  nothing → x\n');
    const grafana = { url: 'https://grafana.example' };
    const notifications = { receivers: { team: { webhook: { url: 'https://team.example' } } }, default: 'team' };
    const moved = read(
      { grafana, notifications },
      { grafana, notifications, networks: { net: { ...network, engine: 'grafana' } } },
    );
    expect(moved.seen.changed.every(({ changes }) => changes.some(({ field }) => field === 'engine'))).toBe(true);
  });

  test('an alert that is gone, and one that is new', () => {
    const { text, markdown } = read({}, tuned({ LagHigh: { enabled: false } }));
    expect(text).toContain('1 alert removed\n  - LagHigh  warning  > 1m for 2m  net\n');
    expect(markdown).toContain('| `LagHigh` | warning | &gt; 1m for 2m | net |');
    expect(read(tuned({ LagHigh: { enabled: false } }), {}).text).toContain('1 alert added\n  + LagHigh');
  });

  test('the same change in several networks is one line', () => {
    const both = (alerts: Config) => ({
      networks: { a: { ...network, alerts }, b: { chain: 'toy', nodes: { 'toy-node': ['10.0.0.9:9000'] }, alerts } },
    });
    const { seen } = read(both({}), both({ BalanceLow: { threshold: '1 ETH' } }));
    expect(seen.changed).toHaveLength(1);
    expect(seen.changed[0]?.owners).toEqual(['a', 'b']);
  });

  test('texts apart from limits', () => {
    const before = document();
    const after = structuredClone(before);
    Object.assign(after.alerts['net/BalanceLow']?.annotations ?? {}, { description: 'said otherwise' });
    const seen = view(compare(before, after));
    expect(seen.changed).toEqual([]);
    expect(seen.texts.map(({ alert }) => alert)).toEqual(['BalanceLow']);
    expect(formatText(seen, plain)).toMatch(/^Texts of 1 alert changed\n/);
  });

  test('another place of the runbooks is one change, not one of every alert', () => {
    const { seen } = read({ runbooks: 'https://old.example' }, { runbooks: 'https://runbooks.example' });
    expect([...seen.changed, ...seen.texts]).toEqual([]);
    expect(seen.sections.flatMap(({ changed }) => changed.map(({ key }) => key))).toEqual(['runbooks']);
  });

  test('routes: who is told, and in which order', () => {
    const routes = (list: readonly unknown[]) => ({
      notifications: {
        receivers: { one: { slack: { webhook: { secret: 'a' } } }, two: { discord: { webhook: { secret: 'b' } } } },
        default: 'one',
        routes: list,
      },
    });
    const info = { match: { severity: 'info' }, receiver: 'two' };
    const warning = { match: { severity: ['warning', 'critical'] }, receiver: 'one' };
    const changed = read(
      routes([info, warning]),
      routes([
        { ...info, receiver: 'one', repeatInterval: '1d' },
        { ...warning, receiver: 'two' },
      ]),
    );
    expect(changed.text).toContain(
      '~ severity="info"\n      receiver        two → one\n      repeatInterval  4h → 1d\n',
    );
    expect(changed.markdown).toContain('`severity=~"warning\\|critical"`');
    const reordered = read(routes([info, warning]), routes([warning, info]));
    expect(reordered.text).toBe('Routes\n  ! the order changed: the first that matches wins\n');
  });

  test('receivers, targets, settings and the secrets that are needed', () => {
    const receivers = { team: { slack: { webhook: { secret: 'hook' }, channel: '#x' } } };
    const { text } = read(
      {},
      {
        networks: { net: { ...network, nodes: { 'toy-node': ['10.0.0.1:9000', '10.0.0.2:9000'] } } },
        notifications: { receivers, default: 'team' },
        prometheus: { retention: '30d', storage: '100GiB' },
      },
    );
    expect(text).toContain('Receivers\n  + team  slack #x\n');
    expect(text).toContain('Scrape targets\n  + net/toy-node/10.0.0.2:9000  10.0.0.2:9000\n');
    expect(text).toContain('retention  15d → 30d\n      storage    50GiB → 100GiB\n');
    expect(text).toContain('Secrets that are needed\n  + hook\n');
  });

  test('our own receiver comes and goes without touching the routes of the stack file', () => {
    const { difference } = read({}, { services: { receiver: { enabled: false } } });
    const { routes } = difference.sections;
    // The Watchdog had gone to our receiver only.
    expect(routes?.added).toEqual(['alertname="Watchdog"']);
    expect(routes?.changed).toEqual([]);
    expect(routes?.removed.every((key) => key.startsWith('our receiver: '))).toBe(true);
  });

  test('a stack that is new, and one that is gone', () => {
    const made = document();
    const isNew = compare(emptyDocument(made), made);
    expect(isNew.alerts.added).toHaveLength(Object.keys(made.alerts).length);
    expect(isNew).not.toHaveProperty('timeScale');
    expect(compare(made, emptyDocument(made)).alerts.removed).toHaveLength(Object.keys(made.alerts).length);
  });
});

describe('settings that are lists', () => {
  const made = document();
  const service = (settings: Config): PlanDocument => ({
    ...made,
    services: { exporter: { port: 1, settings: JSON.parse(JSON.stringify(settings)) } },
  });
  const lines = (before: Config, after: Config) =>
    formatText(view(compare(service(before), service(after))), plain)
      .split('\n')
      .slice(2, -1)
      .map((line) => line.trim());

  test('of named things: by name', () => {
    const networks = (url: string) => ({
      networks: [
        { network: 'a', endpoints: [{ url }] },
        { network: 'b', endpoints: [] },
      ],
    });
    expect(lines(networks('x'), networks('y'))).toEqual(['settings.networks.a.endpoints.url  x → y']);
  });

  test('of anything else: what came and what went', () => {
    expect(lines({ list: ['a', 'b', 'c'] }, { list: ['c', 'a', 'd'] })).toEqual(['settings.list  b → d']);
    expect(lines({ list: ['a', 'b'] }, { list: ['b', 'a'] })).toEqual(['settings.list  in another order']);
    expect(lines({}, { list: [{ secret: 'x' }, { url: 'y' }] })).toEqual([
      'settings.list  nothing → secret x, { url: y }',
    ]);
  });
});

describe('long lists in Markdown', () => {
  const many = (length: number) => {
    const targets = Array.from({ length }, (_, index): [string, { address: string }] => [
      `t${index}`,
      { address: `10.0.0.${index}:1` },
    ]);
    const made = document();
    return formatMarkdown(view(compare({ ...made, targets: {} }, { ...made, targets: Object.fromEntries(targets) })));
  };

  test('are folded, with an empty line around what Markdown is to read', () => {
    expect(many(12)).not.toContain('<details>');
    expect(many(13)).toMatch(
      /^#### Scrape targets\n\n<details><summary>13 added<\/summary>\n\n- added: `t0` `10\.0\.0\.0:1`\n[^<]*\n\n<\/details>$/,
    );
  });

  test('of alerts too', () => {
    const made = document();
    const alerts = Object.fromEntries(
      Array.from({ length: 13 }, (_, index) => {
        const entry = made.alerts['net/BalanceLow'];
        if (!entry) throw new Error('the alert is gone');
        return [`net/A${index}`, { ...entry, alert: `A${index}` }];
      }),
    );
    const text = formatMarkdown(view(compare({ ...made, alerts: {} }, { ...made, alerts })));
    expect(text).toMatch(/^#### 13 alerts added\n\n<details><summary>show them<\/summary>\n\n\| alert \|/);
  });
});

test('a cell of a table survives pipes, backticks and line breaks', () => {
  const made = document();
  const with_ = (value: string) => ({ ...made, probes: { p: { url: value } } });
  const text = formatMarkdown(view(compare(with_('a|b'), with_('c`d\ne'))));
  expect(text).toContain('| `p` | url | `a\\|b` | `` c`d e `` |');
});

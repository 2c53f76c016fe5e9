import { describe, expect, it } from 'vitest';
import type { Inputs } from '../../../services/status/assess.ts';
import { heroPart } from '../../../services/status/page/hero.ts';
import type { Alert } from '../../../services/status/upstream/prometheus.ts';
import { alert, alertmanager, answer, dev, down, group, judge, NOW, system, target } from './status.ts';

describe('what is told first', () => {
  const hero = (change: Partial<Inputs>) =>
    heroPart(judge(change))
      .text.replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ');
  const firing = (name: string, severity: string, ageSeconds: number, labels: Record<string, string> = {}): Alert => ({
    ...alert({ ...dev, alertname: name, severity, ...labels }, 'firing', ageSeconds),
    annotations: { summary: `${name} happens` },
  });
  const several = [
    firing('Late', 'critical', 60),
    firing('Early', 'critical', 600),
    firing('Lesser', 'warning', 900, { instance: 'a' }),
    firing('Lesser', 'warning', 1200, { instance: 'b' }),
    firing('Note', 'info', 9000),
  ];

  it('is the worst and of equals the oldest, once for those that are alike; nothing that is only for information', () => {
    const text = hero({ rules: answer([group(dev, { alerts: several }), group(system)]) });
    expect(text).toContain(
      'dev Early happens for 10 min dev Late happens for 1 min dev Lesser happens (and 1 more alike) for 20 min 1 network',
    );
  });

  it('is not what is muted; what did not arrive is', () => {
    const known = [{ labels: { ...several[1]?.labels }, inhibitedBy: ['x'] }];
    const text = hero({
      rules: answer([group(dev, { alerts: several.slice(0, 2) }), group(system)]),
      alertmanager: alertmanager(known),
    });
    expect(text).not.toContain('Early happens');
    // Counted as in the list: it would else look as if the other one were missing.
    expect(text).toMatch(/^ *1 critical firing, 1 muted /);
    expect(text).toContain('dev Late happens');
  });

  it('is that nothing can be known, above warnings', () => {
    const alerts = [firing('Lesser', 'warning', 900)];
    const text = hero({ rules: answer([group(dev, { alerts }, 300), group(system)]) });
    expect(text).toMatch(/dev Its rules are not evaluated any more.*dev Lesser happens/);
  });

  it('is since when no alert fires, where that is known', () => {
    const ago = (minutes: number, said: string) => ({ labels: { said }, value: NOW / 1000 - minutes * 60 });
    const all = [ago(1438, 'first'), ago(90, 'last')];
    expect(hero({ quiet: answer(all) })).toMatch(/No alert for 1 h 30 min \./);
    expect(hero({ quiet: answer(all.slice(0, 1)) })).toContain('No alert for more than a day.');
    expect(hero({ quiet: answer([ago(20, 'first')]) })).toMatch(/since the rules are evaluated, for 20 min \./);
    expect(hero({})).not.toContain('No alert');
    expect(hero({ quiet: down })).not.toContain('No alert');
    const rules = answer([group(dev, { alerts: [firing('Lesser', 'warning', 900)] }), group(system)]);
    expect(hero({ quiet: answer(all), rules })).not.toContain('No alert');
  });

  it('is a target that is down, where no alert tells more of it', () => {
    const targets = answer([target('up'), target('down'), target('up', { ...system, component: 'prometheus' })]);
    expect(hero({ targets })).toContain('dev 1 of 2 targets down');
    const alerts = [firing('Lesser', 'warning', 900)];
    expect(hero({ targets, rules: answer([group(dev, { alerts }), group(system)]) })).not.toContain('targets down');
  });
});

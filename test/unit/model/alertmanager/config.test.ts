import { describe, expect, test } from 'vitest';
import { alertmanagerConfig, formatMatcher } from '../../../../model/alertmanager/config.ts';
import { planAlertmanager } from '../../../../model/alertmanager/routes.ts';
import { secretsIn } from '../../../../model/plan/secrets.ts';
import { toYaml } from '../../../../model/yaml.ts';
import { networks, notifications } from '../../../fixtures/notifications.ts';
import { places } from '../../../fixtures/places.ts';
import { stackOf } from '../../../fixtures/toy.ts';

const planned = planAlertmanager(stackOf({ networks, notifications }));

describe('alertmanager.yml', () => {
  test('of everything that can be said', async () => {
    await expect(toYaml(alertmanagerConfig(planned, places))).toMatchFileSnapshot(
      '../../../fixtures/golden/alertmanager.yaml',
    );
  });

  test('names secrets by their files, and reads each that the plan names', () => {
    const text = toYaml(alertmanagerConfig(planned, places));
    const read = [...text.matchAll(/\/places\/secrets\/(\w+)/g)].map((match) => match[1]);
    expect([...new Set(read)].sort()).toEqual([...secretsIn(planned), 'receiverToken'].sort());
  });

  test.each([
    [{ label: 'a', op: '=', value: 'x' }, 'a="x"'],
    [{ label: 'a', op: '=~', value: 'x\\.y|"z"' }, 'a=~"x\\\\.y|\\"z\\""'],
    [{ label: 'a', op: '!=', value: '' }, 'a!=""'],
    // As `\t` and `\r` Alertmanager would read them otherwise.
    [{ label: 'a', op: '=', value: 'x\ty\rz\n' }, 'a="x\ty\rz\\n"'],
  ] as const)('%j', (matcher, text) => {
    expect(formatMatcher(matcher)).toBe(text);
  });
});

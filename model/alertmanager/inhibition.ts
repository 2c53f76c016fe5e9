/**
 * Which alert makes another one needless.
 *
 * Alertmanager takes a label that both lack as equal, so that an alert without `instance` would mute every other without one.
 * Therefore source and target must have every label that is compared.
 */
import type { AlertMatcher, InhibitRule } from './types.ts';

const is = (label: string, value: string): AlertMatcher => ({ label, op: '=', value });
const any = (label: string, pattern: string): AlertMatcher => ({ label, op: '=~', value: pattern });
const has = (...labels: readonly string[]): AlertMatcher[] => labels.map((label) => any(label, '.+'));

/** Alerts of a network compare by network; those of the environment (hosts, this monitoring) by environment. */
const SCOPES = [
  { of: 'of a network', by: ['network'] },
  { of: 'of the environment', by: ['environment'], without: is('network', '') },
] as const;

export const inhibitRules: readonly InhibitRule[] = SCOPES.flatMap((scope) => {
  const outside = 'without' in scope ? [scope.without] : [];
  const rule = (
    name: string,
    source: AlertMatcher[],
    target: AlertMatcher[],
    equal: readonly string[],
  ): InhibitRule => {
    const present = [...outside, ...has(...equal)];
    return { name: `${name} ${scope.of}`, source: [...source, ...present], target: [...target, ...present], equal };
  };
  const sameThing = [...scope.by, 'subject', 'instance'];
  return [
    rule(
      'a critical alert mutes warning and info about the same',
      [is('severity', 'critical')],
      [any('severity', 'warning|info')],
      sameThing,
    ),
    rule('a warning mutes info about the same', [is('severity', 'warning')], [is('severity', 'info')], sameThing),
    rule(
      'an instance that is down mutes what follows from it',
      [is('inhibits', 'instance')],
      [is('inhibits', ''), any('severity', 'critical|warning|info')],
      [...scope.by, 'instance'],
    ),
  ];
});

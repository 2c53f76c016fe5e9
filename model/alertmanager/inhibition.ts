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

/**
 * Parts of an instance that an alert may be about: one disk of a host, one endpoint or account that the exporter reads, one container. Where both
 * alerts name one it must be the same; an alert about the whole instance has none, as has what it mutes.
 */
const PARTS = ['address', 'device', 'endpoint', 'integration', 'layer', 'mountpoint', 'name', 'role'];

/** An alert without an instance is about the whole network: it is compared only with others about the whole. */
const WHOLE = is('instance', '');

export const inhibitRules: readonly InhibitRule[] = SCOPES.flatMap((scope) => {
  const outside = 'without' in scope ? [scope.without] : [];
  const rule = (
    name: string,
    source: AlertMatcher[],
    target: AlertMatcher[],
    present: readonly string[],
    parts: readonly string[] = [],
  ): InhibitRule => {
    const required = [...outside, ...has(...present)];
    return {
      name: `${name} ${scope.of}`,
      source: [...source, ...required],
      target: [...target, ...required],
      equal: [...present, ...parts],
    };
  };
  const sameThing = [...scope.by, 'subject', 'instance'];
  return [
    rule(
      'a critical alert mutes warning and info about the same',
      [is('severity', 'critical')],
      [any('severity', 'warning|info')],
      sameThing,
      PARTS,
    ),
    rule(
      'a critical alert mutes warning and info about the same whole',
      [is('severity', 'critical'), WHOLE],
      [any('severity', 'warning|info'), WHOLE],
      [...scope.by, 'subject'],
      PARTS,
    ),
    rule(
      'a warning mutes info about the same',
      [is('severity', 'warning')],
      [is('severity', 'info')],
      sameThing,
      PARTS,
    ),
    rule(
      'an instance that is down mutes what follows from it',
      [is('inhibits', 'instance')],
      [is('inhibits', ''), any('severity', 'critical|warning|info')],
      [...scope.by, 'instance'],
    ),
  ];
});

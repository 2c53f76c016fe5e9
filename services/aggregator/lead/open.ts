import { randomUUID } from 'node:crypto';
import type { Logger } from '../../shared/log.ts';
import { SecretFile } from '../../shared/secretFile.ts';
import type { SecretScrubber } from '../../shared/secrets.ts';
import { Election, type Seat } from './election.ts';
import { EtcdSeat } from './etcd.ts';
import { readTls } from './exchange.ts';
import { KubernetesSeat } from './kubernetes.ts';
import { alone, type Leadership } from './leadership.ts';
import type { LeaderSettings } from './settings.ts';

export interface LeadershipOptions {
  readonly log: Logger;
  readonly secrets: SecretScrubber;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Refuse, instead of warn about, secret files that everybody on the machine can read. */
  readonly strict: boolean;
  /** The newest epoch that this replica has seen decide something. @throws while the store does not say */
  readonly newest: () => Promise<number>;
}

/** @throws ServiceFault for files that cannot be used */
export function openLeadership(settings: LeaderSettings | undefined, options: LeadershipOptions): Leadership {
  const { log, secrets, env, newest } = options;
  if (settings === undefined) return alone(newest);
  // A process that is started again is another one: its lease of before may still be under way.
  const identity = `${settings.name}_${randomUUID()}`;
  const elect = (seat: Seat, ttl: number) => new Election({ seat, ttl, log });
  if (settings.etcd !== undefined) {
    const { userFile, ttl } = settings.etcd;
    readTls(settings.etcd);
    const user =
      userFile === undefined
        ? undefined
        : new SecretFile(userFile, { holds: 'etcd user', strict: options.strict, log });
    secrets.add(() => (user?.current() ?? []).map((line) => line.slice(line.indexOf(':') + 1)));
    return elect(new EtcdSeat({ settings: settings.etcd, user, identity, newest }), ttl);
  }
  if (settings.kubernetes === undefined) throw new Error('no leadership is set');
  return elect(new KubernetesSeat({ settings: settings.kubernetes, env, identity, newest }), settings.kubernetes.ttl);
}

/** A replica by the name that it was given, without what tells its processes apart. */
export function nameOf(identity: string | undefined): string | undefined {
  return identity?.replace(/_[0-9a-f-]{36}$/, '');
}

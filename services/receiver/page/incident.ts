import { severityRank } from '../../shared/page/severity.ts';
import type { Labels } from '../payload/alert.ts';
import type { AlertView, RecentChange } from '../store/reader.ts';

/** One trouble, however many alerts tell of it: the warning that came first, the critical one that followed. */
export interface Incident {
  /** Those of its alerts that fire, the worst first, of equals the newest; empty for one that has ended. */
  readonly firing: readonly AlertView[];
  /** What its alerts went through, newest first, as far as it was read. */
  readonly changes: readonly RecentChange[];
}

export interface Incidents {
  /** In the order of the alerts that were given. */
  readonly standing: readonly (Incident & { readonly lead: AlertView })[];
  /** The one that ended last first. None is without changes. */
  readonly ended: readonly Incident[];
}

/**
 * Puts together what is one trouble: the episode of an alert, and alerts of one network that have the same `subject` at
 * the same time. What belongs to no network (hosts, this monitoring) is compared by instance too: two hosts with full
 * disks are two troubles.
 *
 * @param firing every alert that is shown as firing
 * @param changes in any order, each once or more often; what is missing makes an incident shorter, never wrong about
 *   whether it stands
 */
export function incidentsOf(firing: readonly AlertView[], changes: readonly RecentChange[]): Incidents {
  const episodes = episodesOf(changes);
  const groups = Map.groupBy(firing, keyOf);
  const standing = [...groups].flatMap(([key, alerts]) => {
    const sorted = [...alerts].sort(worstThenNewest);
    const [lead] = sorted;
    const changes = newestFirst(episodes.get(key)?.at(-1)?.changes ?? []);
    return lead === undefined ? [] : [{ lead, firing: sorted, changes }];
  });
  const ended = [...episodes]
    .flatMap(([key, all]) => (groups.has(key) ? all.slice(0, -1) : all))
    .filter((episode) => episode.firing.size === 0)
    .map((episode) => ({ firing: [], changes: newestFirst(episode.changes) }));
  return { standing, ended: ended.sort((a, b) => newestOf(b) - newestOf(a)) };
}

export function worstThenNewest(a: AlertView, b: AlertView): number {
  return severityRank(a.severity) - severityRank(b.severity) || b.changeId - a.changeId;
}

interface Episode {
  readonly changes: RecentChange[];
  /** Fingerprints. */
  readonly firing: Set<string>;
  /** Milliseconds; when the last of its alerts ended. */
  end: number;
}

function episodesOf(changes: readonly RecentChange[]): Map<string, Episode[]> {
  const found = new Map<string, Episode[]>();
  const once = new Map(changes.map((change) => [change.id, change]));
  for (const change of [...once.values()].sort((a, b) => a.id - b.id)) {
    const key = keyOf(change);
    const all = found.get(key) ?? [];
    found.set(key, all);
    const last = all.at(-1);
    const episode =
      last !== undefined && goesOn(last, change) ? last : { changes: [], firing: new Set<string>(), end: 0 };
    if (episode !== last) all.push(episode);
    episode.changes.push(change);
    if (change.change !== 'resolved') episode.firing.add(change.fingerprint);
    else episode.firing.delete(change.fingerprint);
    if (change.endsAt !== null) episode.end = Math.max(episode.end, Date.parse(change.endsAt));
  }
  return found;
}

/** Something of it still fires, the same episode was opened again, or both were there at the same time. */
function goesOn({ firing, end }: Episode, { change, startsAt }: RecentChange): boolean {
  return firing.size > 0 || change === 'reopened' || Date.parse(startsAt) <= end;
}

function keyOf({ fingerprint, network, labels }: { fingerprint: string; network: string; labels: Labels }): string {
  const { subject = '', environment = '', instance = '' } = labels;
  if (subject === '') return JSON.stringify([fingerprint]);
  return JSON.stringify([environment, network, subject, network === '' ? instance : '']);
}

function newestFirst(changes: readonly RecentChange[]): readonly RecentChange[] {
  return [...changes].reverse();
}

function newestOf({ changes }: Incident): number {
  return changes[0]?.id ?? 0;
}

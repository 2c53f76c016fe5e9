/** Mute times in words. */
import type { MuteTime } from '../../model/alertmanager/muteTimes.ts';

/** `00:00–08:00, 18:00–24:00; saturday, sunday (UTC)` */
export function describeMuteTime(muteTime: MuteTime): string {
  return muteTime.map(describeInterval).join('; or ');
}

function describeInterval({ times, weekdays, daysOfMonth, months, location }: MuteTime[number]): string {
  const parts = [
    times?.map(({ start, end }) => `${start}–${end}`).join(', '),
    weekdays?.join(', '),
    daysOfMonth && `days ${daysOfMonth.join(', ')} of the month`,
    months?.join(', '),
  ].filter((part) => part !== undefined);
  return `${parts.join(' and ') || 'always'} (${location})`;
}

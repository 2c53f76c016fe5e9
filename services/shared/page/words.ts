/** `12 s`, `4 min`, `3 h 20 min`, `2 d 4 h`: two units at most, the first never zero. The script in live.ts says the same. */
export function durationWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** `2026-05-01 10:00:03 UTC` */
export function utcWords(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `08:38:43 UTC`; with its date where that is another day. */
export function momentWords(milliseconds: number, now: number): string {
  const [moment, today] = [utcWords(milliseconds), utcWords(now)];
  return moment.slice(0, 10) === today.slice(0, 10) ? moment.slice(11) : moment;
}

import type { ToolProgress } from './types.ts';

/** Progress of one family, from inside a step. */
export type Report = (step: ToolProgress['step'], detail: string, fraction?: number) => void;

const VERBS: Readonly<Record<ToolProgress['step'], string>> = {
  wait: 'waiting for',
  download: 'downloading',
  verify: 'verifying',
  unpack: 'unpacking',
  build: 'building',
};

/** One line for a person: `building prometheus: 812 of 1515 packages (54%)`. */
export function describeProgress({ program, step, detail, fraction }: ToolProgress<string>): string {
  const percent = fraction === undefined ? '' : ` (${Math.floor(fraction * 100)}%)`;
  return `${VERBS[step]} ${program}: ${detail}${percent}`;
}

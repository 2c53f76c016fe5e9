/** Versions from `from` on, below `below`. */
export interface VersionRange {
  readonly from: string;
  readonly below: string;
}

interface Version {
  readonly numbers: readonly [number, number, number];
  readonly preRelease: boolean;
}

/**
 * Reads `3.15.0`, `v3.15`, `1.16.7-stable`, `2.0.0-rc.1`. A suffix makes a pre-release, `stable` (geth's own) and build metadata (`+…`) do not.
 * @returns undefined for what is not a version
 */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text);
  if (!match) return undefined;
  const [, major, minor, patch = '0', suffix] = match;
  return {
    numbers: [Number(major), Number(minor), Number(patch)],
    preRelease: suffix !== undefined && suffix !== 'stable',
  };
}

/** Whether the version lies in the range. A pre-release of the lower end does not; one of the upper end does not either. */
export function isWithin(version: string, range: VersionRange): boolean {
  const found = parseVersion(version);
  const from = parseVersion(range.from);
  const below = parseVersion(range.below);
  if (!found || !from || !below) return false;
  const lower = compare(found.numbers, from.numbers);
  return (lower > 0 || (lower === 0 && !found.preRelease)) && compare(found.numbers, below.numbers) < 0;
}

/** For messages: `3.5.0 or newer, below 4.0.0`. */
export function describeRange({ from, below }: VersionRange): string {
  return `${from} or newer, below ${below}`;
}

function compare(a: Version['numbers'], b: Version['numbers']): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

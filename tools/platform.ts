import { homedir } from 'node:os';

/** The machine in Go's words, which release archives and package names use. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

export const thisPlatform: Platform = {
  os: process.platform === 'win32' ? 'windows' : process.platform,
  arch: process.arch === 'x64' ? 'amd64' : process.arch,
};

/** Fills in `{name}`; a name without a value is a fault of the program table and throws. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`tools/programs.ts: no value for ${whole} in "${template}"`);
    return value;
  });
}

/** A path for people: `~` for the home folder. */
export function shorten(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

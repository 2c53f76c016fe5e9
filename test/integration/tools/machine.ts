import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Surroundings } from '../../../tools/resolver.ts';
import type { ProgramTable } from '../../../tools/spec.ts';

const probe = { args: ['--version'], pattern: /version (\S+)/ };
const accepts = { from: '2.0.0', below: '3.0.0' };
const release = {
  repository: 'owner/kit',
  tag: 'v2.5.0',
  archive: 'kit-{version}.{os}-{arch}.tar.gz',
  sums: 'sums.txt',
  member: 'kit-{version}/{program}',
};
const go = {
  module: 'example.org/kit',
  moduleVersion: 'v2.5.0',
  stamp: { 'example.org/kit.Version': '2.5.0' },
  coldSeconds: 90,
};

/** A family of two programs that can be released and built, and one program that can only be brought along. */
export const table = {
  families: { kit: { version: '2.5.0', release, go }, own: { version: '1.0.0' } },
  programs: {
    hammer: { family: 'kit', probe, accepts, goPackage: 'example.org/kit/cmd/hammer' },
    saw: { family: 'kit', probe, accepts, goPackage: 'example.org/kit/saw/v2' },
    anvil: { family: 'own', probe, accepts },
  },
} as const satisfies ProgramTable;

export type Name = keyof typeof table.programs;

/** The text of a program that says that version. */
export const saying = (version: string): string => `#!/bin/sh\necho version ${version}\n`;

export interface Machine {
  readonly root: string;
  readonly surroundings: Surroundings;
  /** An executable file. */
  program(path: string, content: string): string;
  /** What the pretended go was asked to do, e.g. `list`, `build`. */
  goRuns(): readonly string[];
  /** What lies in the cache of the family: entries and leftovers. */
  cached(): readonly string[];
}

/** A machine with an empty cache, an empty PATH (but /bin and /usr/bin), no way to a release, and nothing of ours. */
export function makeMachine(changes: Partial<Surroundings> = {}): Machine {
  const root = mkdtempSync(join(tmpdir(), 'chainwatch-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const program = (path: string, content: string): string => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, 0o755);
    return file;
  };
  program('go/kit/go.mod', 'module tools\n');
  program('go/kit/go.sum', 'example.org/kit v2.5.0 h1:x=\nexample.org/kit v2.5.0/go.mod h1:y=\n');
  const surroundings: Surroundings = {
    table,
    env: { PATH: [join(root, 'path'), '/usr/bin', '/bin'].join(delimiter) },
    platform: { os: 'linux', arch: 'amd64' },
    cache: join(root, 'cache'),
    goFolder: join(root, 'go'),
    // Nothing listens on port 1.
    releaseHost: 'http://127.0.0.1:1',
    packagesFrom: join(root, 'index.js'),
    ...changes,
  };
  return {
    root,
    surroundings,
    program,
    goRuns: () => lines(join(root, 'go.log')),
    cached: () => {
      try {
        return readdirSync(join(root, 'cache', 'tools', 'kit')).sort();
      } catch {
        return [];
      }
    },
  };
}

/** Puts a go on PATH that behaves like the real one; `building` are shell lines that it runs before it writes the programs. */
export function installGo(machine: Machine, { building = ':', version = '2.5.0' } = {}): void {
  machine.program(
    'path/go',
    `#!/bin/sh
echo "$1" >> ${machine.root}/go.log
if [ "$1" = list ]; then
  echo "go: downloading example.org/kit v2.5.0" >&2
  printf 'example.org/dep\\nexample.org/kit/cmd/hammer\\nexample.org/kit/saw/v2\\n'
  exit
fi
while [ "$1" != -o ]; do shift; done
echo "# a word on the side" >&2
echo example.org/dep >&2
${building}
for name in hammer saw; do printf '#!/bin/sh\\necho version ${version}\\n' > "$2/$name"; chmod +x "$2/$name"; done
`,
  );
}

/** Serves on loopback until the end of the test. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

export const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
function lines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

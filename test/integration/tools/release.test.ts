import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { downloadText } from '../../../tools/download.ts';
import { fetchRelease, parseSums } from '../../../tools/release.ts';
import { type Machine, makeMachine, saying, serve, sha256, table } from './machine.ts';

const FOLDER = '/owner/kit/releases/download/v2.5.0';
const ARCHIVE = 'kit-2.5.0.linux-amd64.tar.gz';

let machine: Machine;
let archive: Buffer;
let sum: string;
let into: string;

beforeEach(() => {
  machine = makeMachine();
  machine.program('pack/kit-2.5.0/hammer', saying('2.5.0'));
  machine.program('pack/kit-2.5.0/saw', saying('2.5.0'));
  machine.program('pack/kit-2.5.0/LICENSE', 'free');
  execFileSync('tar', ['-czf', ARCHIVE, '-C', 'pack', 'kit-2.5.0'], { cwd: machine.root });
  archive = readFileSync(join(machine.root, ARCHIVE));
  sum = sha256(join(machine.root, ARCHIVE));
  into = join(machine.root, 'into');
  mkdirSync(into);
});

/** The release, with parts of it replaced. */
const releaseOf = (files: Record<string, string | Buffer | undefined>): RequestListener => {
  const all: Record<string, string | Buffer | undefined> = {
    'sums.txt': `${sum}  ${ARCHIVE}\n`,
    [ARCHIVE]: archive,
    ...files,
  };
  return (request, response) => {
    const content = all[request.url?.replace(`${FOLDER}/`, '') ?? ''];
    if (content === undefined) response.writeHead(404).end();
    else response.end(content);
  };
};

async function fetchFrom(listener: RequestListener, progress: string[] = [], changes = {}): Promise<string> {
  return fetchRelease({
    version: '2.5.0',
    release: { ...table.families.kit.release, ...changes },
    programs: ['hammer', 'saw'],
    platform: { os: 'linux', arch: 'amd64' },
    host: await serve(listener),
    into,
    report: (step) => progress.push(step),
  });
}

describe('fetchRelease', () => {
  it('leaves the programs and nothing else', async () => {
    const progress: string[] = [];
    expect(await fetchFrom(releaseOf({}), progress)).toMatch(new RegExp(`^http://127.0.0.1:\\d+${FOLDER}/${ARCHIVE}$`));
    expect(readdirSync(into).sort()).toEqual(['hammer', 'saw']);
    expect(execFileSync(join(into, 'saw'), { encoding: 'utf8' })).toBe('version 2.5.0\n');
    expect([...new Set(progress)]).toEqual(['download', 'verify', 'unpack']);
  });

  it('finds sums that are for one archive only', async () => {
    const files = { 'sums.txt': undefined, [`${ARCHIVE}.sha256`]: `${sum}  ${ARCHIVE}\n` };
    await fetchFrom(releaseOf(files), [], { sums: 'kit-{version}.{os}-{arch}.tar.gz.sha256' });
    expect(readdirSync(into).sort()).toEqual(['hammer', 'saw']);
  });

  it('refuses a corrupt archive and unpacks nothing of it', async () => {
    const corrupt = Buffer.from(archive);
    corrupt[100] = (corrupt[100] ?? 0) ^ 1;
    await expect(fetchFrom(releaseOf({ [ARCHIVE]: corrupt }))).rejects.toThrow(
      new RegExp(`${ARCHIVE} is corrupt: its SHA-256 is [0-9a-f]{64}, and sums.txt says ${sum}`),
    );
    expect(readdirSync(into)).not.toContain('hammer');
  });

  it('refuses a release without sums, and one whose sums do not name the archive', async () => {
    await expect(fetchFrom(releaseOf({ 'sums.txt': undefined }))).rejects.toThrow(/sums\.txt: HTTP 404/);
    await expect(fetchFrom(releaseOf({ 'sums.txt': `${sum}  other.tar.gz\n` }))).rejects.toThrow(
      `has no line for ${ARCHIVE}`,
    );
    expect(readdirSync(into)).toEqual([]);
  });

  it('refuses an archive that is cut off', async () => {
    const cut: RequestListener = (request, response) => {
      if (!request.url?.endsWith(ARCHIVE)) return releaseOf({})(request, response);
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 50), () => response.destroy());
    };
    await expect(fetchFrom(cut)).rejects.toThrow(`${ARCHIVE}: aborted`);
  });

  it('says what is not in the archive', async () => {
    machine.program('pack2/kit-2.5.0/hammer', saying('2.5.0'));
    execFileSync('tar', ['-czf', 'half.tar.gz', '-C', 'pack2', 'kit-2.5.0'], { cwd: machine.root });
    const half = join(machine.root, 'half.tar.gz');
    const sums = `${sha256(half)} *${ARCHIVE}\n`;
    await expect(fetchFrom(releaseOf({ [ARCHIVE]: readFileSync(half), 'sums.txt': sums }))).rejects.toThrow(
      /tar could not take kit-2\.5\.0\/hammer, kit-2\.5\.0\/saw out of kit-/,
    );
  });
});

describe('download', () => {
  it('follows redirects, but never away from TLS', async () => {
    const there = await serve((_request, response) => response.end('there'));
    const here = await serve((request, response) => {
      const location = request.url === '/good' ? there : 'http://example.org/x';
      response.writeHead(302, { location }).end();
    });
    expect(await downloadText(`${here}/good`)).toBe('there');
    await expect(downloadText(`${here}/bad`)).rejects.toThrow('http://example.org/x: refused, since it is not https');
  });

  it('gives up on a loop of redirects', async () => {
    const loop = await serve((_request, response) => response.writeHead(302, { location: '/again' }).end());
    await expect(downloadText(loop)).rejects.toThrow('more than 5 redirects');
  });

  it('does not wait for a server that says nothing, or stops half-way', async () => {
    const silent = await serve(() => undefined);
    await expect(downloadText(silent, { answerTimeoutMs: 50 })).rejects.toThrow('no answer within 0.05 s');
    const stalled = await serve((_request, response) => response.write('half'));
    await expect(downloadText(stalled, { stallTimeoutMs: 50 })).rejects.toThrow('nothing came for too long');
  });

  it('ends with the reason of the signal', async () => {
    const silent = await serve(() => undefined);
    const stop = new AbortController();
    const waiting = downloadText(silent, { signal: stop.signal });
    stop.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
  });

  it('names the host that does not exist', async () => {
    await expect(downloadText('https://no-such-host.invalid/x')).rejects.toThrow(
      /^https:\/\/no-such-host\.invalid\/x: .*no-such-host/,
    );
  });
});

describe('parseSums', () => {
  const hex = fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 64, maxLength: 64 })
    .map((digits) => digits.join(''));
  const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,20}$/);

  it('reads what sha256sum prints, in text and in binary mode, and with a path', () => {
    const mode = fc.constantFrom('  ', ' *', '  ./', '  dist/');
    fc.assert(
      fc.property(fc.array(fc.tuple(hex, mode, name)), (lines) => {
        const text = lines.map((line) => line.join('')).join('\n');
        const expected = new Map(lines.map(([digits, , file]) => [file, digits]));
        expect(parseSums(`# a comment\n${text}\n`)).toEqual(expected);
      }),
    );
  });

  it('takes nothing shorter or longer for a sum', () => {
    expect([...parseSums(`${'a'.repeat(63)}  x\n${'a'.repeat(65)}  y\n${'a'.repeat(128)}  z\n`)]).toEqual([]);
  });
});

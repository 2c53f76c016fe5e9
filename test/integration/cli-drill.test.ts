/** `chainwatch drill` on a real Prometheus, Alertmanager, receiver and simulator. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type onTestFinished } from 'vitest';
import { z } from 'zod';
import { chains } from '../../chains/index.ts';
import { runDrill } from '../../cli/drill/drill.ts';
import type { Io } from '../../cli/io.ts';
import { listRules } from '../../cli/rules/list.ts';
import { isAlive } from '../../local/identity.ts';
import { type Known, makeKnown } from '../../model/knowledge.ts';
import type { PackFiles } from '../../model/rules/pack.ts';
import { loadPackFiles } from '../../rules/load.ts';
import { PROVE } from '../fixtures/prove.ts';
import { eventually } from './eventually.ts';
import { MAIN } from './testProject.ts';

const MINUTES = 60_000;

type Finished = typeof onTestFinished;

/** Each test has its own, for they run side by side. */
function makeProject(finished: Finished): string {
  const project = mkdtempSync(join(tmpdir(), 'chainwatch-drill-'));
  finished(() => rmSync(project, { recursive: true, force: true }));
  return project;
}

function terminal(project: string) {
  const said = { out: '', err: '' };
  const io: Io = {
    cwd: project,
    env: process.env,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    color: false,
    interactive: false,
    progress: false,
  };
  return { io, said };
}

const result = z.object({
  ok: z.boolean(),
  rows: z.array(
    z.object({ fault: z.string(), alert: z.string(), outcome: z.string(), seconds: z.number().optional() }),
  ),
});

async function played(project: string, names: readonly string[], known?: Known) {
  const { io, said } = terminal(project);
  const code = await runDrill(names, { all: false, list: false, json: true }, io, known);
  return { code, ...result.parse(JSON.parse(said.out)) };
}

/** The rules as they are but for one text of one pack. */
function withRule(chain: string, from: string, to: string): Known {
  const packs = loadPackFiles().map((pack): PackFiles => {
    const text = pack.files.get('alerts.yaml') ?? '';
    if (pack.chain !== chain) return pack;
    if (!text.includes(from)) throw new Error(`rules/${chain}/alerts.yaml has no ${from}`);
    return { ...pack, files: new Map([...pack.files, ['alerts.yaml', text.replace(from, to)]]) };
  });
  return makeKnown(chains, packs);
}

// A drill waits most of the time.
describe.concurrent('a drill', () => {
  const timeout = 10 * MINUTES;

  it('plays faults of several chains, and remembers what it has proven', { timeout }, async ({ onTestFinished }) => {
    const project = makeProject(onTestFinished);
    const { code, ok, rows } = await played(project, ['EqServiceDown', 'genvm-hangs', 'batcher-out-of-funds']);
    const outcomes = rows.map(({ fault, alert, outcome }) => `${fault}: ${alert} ${outcome}`);
    expect(outcomes).toEqual(
      expect.arrayContaining([
        'eq-service-down: EqServiceDown arrived',
        'genvm-hangs: GenVMPermitsAtZero arrived',
        'batcher-out-of-funds: BatcherVeryLowETH arrived',
      ]),
    );
    expect({ code, ok }, outcomes.join('\n')).toEqual({ code: 0, ok: true });
    // The graver alert about the same account came first, or at once.
    expect(rows.find(({ alert }) => alert === 'BatcherLowETH')?.outcome).toMatch(/^(arrived|held back)$/);
    const { io, said } = terminal(project);
    await listRules({ json: false, chain: 'eq-service' }, io);
    expect(said.out).toMatch(/EqServiceDown .* (just now|minutes? ago)\n/);
    expect(said.out).toMatch(/EqServiceRestarting .* never\n/);
    expect(existsSync(join(project, '.chainwatch', 'drill'))).toBe(false);
  });

  it('finds a rule that does not fire, and takes its proof away', { timeout }, async ({ onTestFinished }) => {
    const project = makeProject(onTestFinished);
    const broken = withRule('eq-service', 'up{component="eq-service"} == 0', 'up{component="eq-service"} == 2');
    const { code, ok, rows } = await played(project, ['EqServiceDown'], broken);
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    expect(rows.find(({ alert }) => alert === 'EqServiceDown')?.outcome).toBe('missing');
    expect(JSON.parse(readFileSync(join(project, '.chainwatch', 'proven.json'), 'utf8')).alerts).not.toHaveProperty([
      'eq-service/EqServiceDown',
    ]);
  });

  it('ends all that it started where it is interrupted', { timeout }, async ({ onTestFinished }) => {
    const project = makeProject(onTestFinished);
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'drill', 'EqServiceDown'], {
      cwd: project,
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const state = join(project, '.chainwatch', 'drill', 'run.json');
    const programs = z.object({
      programs: z.array(z.object({ name: z.string(), process: z.object({ pid: z.number(), startedAt: z.string() }) })),
    });
    const running = await eventually('all four programs', 120, async () => {
      const read = existsSync(state) ? programs.safeParse(JSON.parse(readFileSync(state, 'utf8') || '{}')) : undefined;
      return read?.success && read.data.programs.length === 4 ? read.data.programs : undefined;
    });
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(running.filter((each) => isAlive(each.process))).toEqual([]);
    expect(existsSync(state)).toBe(false);
  });
});

it('a drill of everything finds each alert as it should be', { timeout: 60 * MINUTES }, async (context) => {
  if (!PROVE) context.skip('takes minutes: npm run prove plays it');
  const { io, said } = terminal(makeProject(context.onTestFinished));
  const code = await runDrill([], { all: true, list: false, json: false }, io);
  expect(code, `${said.err}\n${said.out}`).toBe(0);
});

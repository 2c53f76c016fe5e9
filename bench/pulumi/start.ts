/** From the start of the process until the last resource is registered, against mocks: a process each, as Pulumi starts one each time. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { secretsIn } from '../../model/plan/secrets.ts';
import { median } from './median.ts';
import { configOf, networks } from './stack.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAM = join(import.meta.dirname, 'program.js');
const RUNS = 5;
const WANTED_MS = 2000;
const WANTED_RATIO = 1.5;
const WANTED_MS_A_RESOURCE = 5;

const project = z.object({ runtime: z.object({ options: z.object({ nodeargs: z.string() }) }) });
const started = z.object({ resources: z.number(), wall: z.number(), processor: z.number() });
type Started = z.infer<typeof started>;

/** What `program.js` is told: nothing is the empty program. */
export interface Given {
  readonly stack: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export async function measureStart(signal: AbortSignal): Promise<void> {
  const testnet = configOf('testnet');
  // Its Grafana and its routes name its own networks.
  const { 'chainwatch:grafana': _grafana, 'chainwatch:notifications': _routes, ...others } = testnet;
  const cases = {
    empty: undefined,
    testnet: given('testnet', testnet),
    dev: given('dev', configOf('dev')),
    mainnet: given('mainnet', configOf('mainnet')),
    '5 networks': given('testnet', { ...others, 'chainwatch:networks': networks(5) }),
    '15 networks': given('testnet', { ...others, 'chainwatch:networks': networks(15) }),
  };
  // What was compiled the last time is found again, as it is for a person; the first time ever there is nothing.
  await start(cases.testnet, signal);
  const runs = new Map(Object.keys(cases).map((name): [string, Started[]] => [name, []]));
  // In turn, so that what else the machine does falls on all alike.
  for (let round = 1; round <= RUNS; round += 1) {
    console.error(`start against mocks: round ${round} of ${RUNS}`);
    for (const [name, what] of Object.entries(cases)) runs.get(name)?.push(await start(what, signal));
  }
  const medians = new Map([...runs].map(([name, all]): [string, Started] => [name, middle(all)]));
  console.log(`start to last registration, against mocks, median of ${RUNS} processes:`);
  console.log('program       resources  wall ms  processor ms');
  for (const [name, { resources, wall, processor }] of medians)
    console.log(`${name.padEnd(12)}${cell(resources, 11)}${cell(wall, 9)}${cell(processor, 14)}`);
  report(medians);
}

function report(medians: ReadonlyMap<string, Started>): void {
  const [empty, testnet, few, many] = ['empty', 'testnet', '5 networks', '15 networks'].map((name) =>
    medians.get(name),
  );
  if (!empty || !testnet || !few || !many) return;
  const allowed = (of: 'wall' | 'processor') => WANTED_RATIO * empty[of] + WANTED_MS_A_RESOURCE * testnet.resources;
  const slope = (many.wall - few.wall) / (many.resources - few.resources);
  console.log(
    `testnet: ${testnet.wall.toFixed(0)} ms, ${(testnet.wall / WANTED_MS).toFixed(2)} of the ${WANTED_MS} ms wanted`,
  );
  console.log(
    `testnet to ${WANTED_RATIO} × empty + ${WANTED_MS_A_RESOURCE} ms a resource: ${(testnet.wall / allowed('wall')).toFixed(2)} of ${allowed('wall').toFixed(0)} ms; ` +
      `by processor time ${(testnet.processor / allowed('processor')).toFixed(2)} of ${allowed('processor').toFixed(0)} ms`,
  );
  console.log(`slope from ${few.resources} to ${many.resources} resources: ${slope.toFixed(1)} ms a resource`);
}

function given(stack: string, config: Given['config']): Given {
  const secrets = Object.fromEntries(secretsIn(config).map((name) => [name, 'https://secret.example']));
  return { stack, config, secrets };
}

async function start(what: Given | undefined, signal: AbortSignal): Promise<Started> {
  // The empty program is anybody's: what our project file asks of Node is part of ours.
  const args = ['--disable-warning=ExperimentalWarning', ...(what === undefined ? [] : nodeArguments()), PROGRAM];
  // Whoever types `pulumi` has no such folder; what is kept compiled is what the program itself keeps.
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined };
  const running = promisify(execFile)(process.execPath, args, { cwd: ROOT, env, signal });
  running.child.stdin?.end(what === undefined ? '' : JSON.stringify(what));
  const { stdout } = await running;
  return started.parse(JSON.parse(stdout));
}

/** What Pulumi starts Node with. */
function nodeArguments(): string[] {
  const { runtime } = project.parse(parse(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8')));
  return runtime.options.nodeargs.split(' ');
}

function middle(all: readonly Started[]): Started {
  const of = (key: keyof Started) => median(all.map((run) => run[key]));
  return { resources: of('resources'), wall: of('wall'), processor: of('processor') };
}

function cell(value: number, width: number): string {
  return value.toFixed(0).padStart(width);
}

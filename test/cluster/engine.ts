/** A `pulumi` of the user's own, in a project of a test's own: this program, another stack file, a state that goes with the test. */
import { spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { AGGREGATOR_TOKEN, RECEIVER_TOKEN } from '../../config/ownTokens.ts';
import { endWithUs, hasEnded } from '../../tools/cluster/guard.ts';
import type { Ran } from '../fixtures/programs.ts';
import { ROOT, stackText } from '../fixtures/real.ts';
import { IMAGE } from '../pulumi/stacks.ts';
import { CHARTS } from './charts.ts';
import type { KubernetesObject } from './client.ts';

/** Why there is no engine here; nothing where there is one. */
export function missingEngine(): string | undefined {
  const missing = ['pulumi', 'pulumi-language-nodejs', 'pulumi-resource-kubernetes'].filter((name) => !isOnPath(name));
  return missing.length === 0 ? undefined : `not on PATH: ${missing.join(', ')}`;
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Running {
  readonly ended: Promise<Ran>;
  /** As Ctrl-C does: what is under way is ended, the second time whatever becomes of it. */
  readonly interrupt: () => void;
}

export interface Engine {
  /** `pulumi …`, without questions. */
  readonly start: (...args: readonly string[]) => Running;
  /** The same to its end, which has to be a good one. @throws Error with what it said */
  readonly run: (...args: readonly string[]) => Promise<Ran>;
  /** The same with more in its environment. */
  readonly runWith: (more: NodeJS.ProcessEnv, ...args: readonly string[]) => Promise<Ran>;
  /** Ends what was started and runs still. */
  readonly end: () => void;
}

export interface EngineFacts {
  /** Where the project, its state and its settings may lie; whoever made it removes it. */
  readonly folder: string;
  readonly kubeconfig: string;
  readonly crds: readonly KubernetesObject[];
  /** What Pulumi starts, as a path in this repository. @default what `Pulumi.yaml` says */
  readonly main?: string;
  /** Changes the stack file. */
  readonly change?: (file: Document) => void;
}

const STACK = 'dev';

/** A project with the dev stack in it, as a person would have it after the first commands of the README. */
export async function makeEngine({ folder, kubeconfig, crds, main, change }: EngineFacts): Promise<Engine> {
  const project = join(folder, 'project');
  const state = join(folder, 'state');
  const home = join(folder, 'home');
  for (const each of [project, state]) mkdirSync(each, { recursive: true });
  for (const name of ['program.js', 'index.ts', 'bench', 'bin', 'package.json', 'node_modules'])
    symlinkSync(join(ROOT, name), join(project, name));
  const projectFile = parseDocument(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8'));
  if (main !== undefined) {
    projectFile.set('main', main);
    // Node looks for them from the folder of the program.
    projectFile.deleteIn(['runtime', 'options', 'nodeargs']);
  }
  writeFileSync(join(project, 'Pulumi.yaml'), projectFile.toString());
  const file = stackFile(crdChart(folder, crds));
  change?.(file);
  writeFileSync(join(project, `Pulumi.${STACK}.yaml`), file.toString());
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    NO_COLOR: '1',
    // Whoever types `pulumi` has none, but it would be handed on from a program of ours that runs this.
    NODE_COMPILE_CACHE: undefined,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: 'of-a-test',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  };
  const startWith = (more: NodeJS.ProcessEnv, args: readonly string[]) =>
    begin([...args, '--non-interactive'], project, { ...env, ...more });
  const start = (...args: readonly string[]) => startWith({}, args);
  const run = (...args: readonly string[]) => runWith({}, ...args);
  const runWith = async (more: NodeJS.ProcessEnv, ...args: readonly string[]) => {
    const ran = await startWith(more, args).ended;
    if (ran.code !== 0) throw new Error(`pulumi ${args.join(' ')} ended with ${ran.code}\n${ran.stdout}${ran.stderr}`);
    return ran;
  };
  await run('stack', 'init', STACK);
  // Otherwise they are made at random, by a plugin that is one more to have.
  for (const token of [AGGREGATOR_TOKEN, RECEIVER_TOKEN])
    await run('config', 'set', '--secret', '--path', `chainwatch:secrets.${token}`, `${token}-of-a-test-of-pulumi`);
  return { start, run, runWith, end: () => endAll(home) };
}

/** The repository's own dev stack with an image, and with charts of this machine. */
function stackFile(crdsPath: string): Document {
  const document = parseDocument(stackText(STACK));
  const chart = { path: join(CHARTS, 'kube-prometheus-stack'), crdsPath };
  document.setIn(['config', 'chainwatch:kubernetes'], { image: IMAGE, chart });
  return document;
}

/** The stand-in, with the kinds of the pinned operator in its templates, but without their descriptions: a release holds them twice. */
function crdChart(folder: string, crds: readonly KubernetesObject[]): string {
  const chart = join(folder, 'prometheus-operator-crds');
  cpSync(join(CHARTS, 'prometheus-operator-crds'), chart, { recursive: true });
  mkdirSync(join(chart, 'templates'), { recursive: true });
  const described = (key: string, value: unknown) =>
    key === 'description' && typeof value === 'string' ? undefined : value;
  for (const crd of crds)
    writeFileSync(join(chart, 'templates', `${crd.metadata.name}.yaml`), JSON.stringify(crd, described));
  return chart;
}

function begin(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Running {
  const child = spawn('pulumi', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const { pid } = child;
  if (pid !== undefined) endWithUs(pid);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (pid !== undefined) hasEnded(pid);
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
  return { ended, interrupt: () => void child.kill('SIGINT') };
}

/** Its plugins are in process groups of their own, and notice only after minutes that there is no engine any more. */
function endAll(home: string): void {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      if (readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0').includes(`PULUMI_HOME=${home}`))
        process.kill(Number(entry), 'SIGKILL');
    } catch {
      // Gone meanwhile, or somebody else's.
    }
}

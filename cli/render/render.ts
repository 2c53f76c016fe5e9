/** `chainwatch render`: the plan as files in a folder. */
import { resolve } from 'node:path';
import { readStackFile } from '../../config/file.ts';
import { kubernetes } from '../../config/runtime.ts';
import { sortedByPath } from '../../model/files.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { type LoadedPlan, loadPlan, readStackText } from '../loadStack.ts';
import { count, paint } from '../output.ts';
import { renderFiles } from './files.ts';
import { type Written, writeFolder } from './folder.ts';

export interface RenderOptions {
  readonly stack: string;
  readonly out?: string;
  readonly force: boolean;
  /** Default: both, manifests where the stack names a cluster. */
  readonly only?: 'plain' | 'manifests';
  /** Of our services, by digest. */
  readonly image?: string;
}

export async function render(options: RenderOptions, io: Io): Promise<ExitCode> {
  const { out } = options;
  if (!out)
    throw new CliError('say where to write: --out <folder>', { remedy: `such as --out rendered/${options.stack}` });
  requireDigest(options.image);
  const loaded = loadPlan(options.stack, io.cwd);
  const folder = resolve(io.cwd, out);
  const { written, notes } = await interruptible(async (signal) => {
    const { files, notes } = await filesOf(loaded, options, io.cwd);
    return { written: await writeFolder(folder, { stack: options.stack, files, force: options.force, signal }), notes };
  });
  for (const note of notes) io.err(`note: ${note}\n`);
  show(written, out, io);
  return exitCodes.ok;
}

function requireDigest(image: string | undefined): void {
  const read = kubernetes.shape.image.safeParse(image);
  if (!read.success)
    throw new CliError(`--image ${image}: ${read.error.issues.map(({ message }) => message).join(', ')}`);
}

interface Rendered {
  /** Path → text, sorted by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

async function filesOf(loaded: LoadedPlan, { only, image }: RenderOptions, cwd: string): Promise<Rendered> {
  const { stack, plan, file } = loaded;
  const plain = only === 'manifests' ? new Map<string, string>() : renderFiles(stack, plan);
  const cluster = stack.kubernetes !== undefined;
  const delivered = cluster || stack.grafana !== undefined;
  if ((only === 'manifests' && !delivered) || (image !== undefined && !cluster))
    throw new CliError(`${file} names no cluster, so there are no manifests`, {
      remedy: `add "chainwatch:kubernetes: {}" to ${file}`,
    });
  if (!delivered || only === 'plain') return { files: plain, notes: [] };
  // Pulumi takes a second to load, so only who wants manifests waits for it.
  const [{ recordStack }, { manifestFiles }] = await Promise.all([import('./program.ts'), import('./manifests.ts')]);
  const { config } = readStackFile(readStackText(stack.environment, cwd), file);
  const { recorded, notes } = await recordStack(loaded, config, image);
  const manifests = manifestFiles(recorded, { stack: stack.environment, leftOut: notes });
  return { files: sortedByPath(new Map([...plain, ...manifests])), notes };
}

function show({ added, changed, removed, same }: Written, folder: string, io: Io): void {
  const { green, yellow, red, dim } = paint(io);
  const marked = [
    ...added.map((path) => ({ path, mark: green('+') })),
    ...changed.map((path) => ({ path, mark: yellow('~') })),
    ...removed.map((path) => ({ path, mark: red('-') })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  // The first time everything is new, and a list of it says nothing.
  const first = same === 0 && changed.length === 0 && removed.length === 0;
  if (!first) for (const { mark, path } of marked) io.out(`  ${mark} ${path}\n`);
  const parts = [
    added.length > 0 && `${added.length} new`,
    changed.length > 0 && `${changed.length} changed`,
    removed.length > 0 && `${removed.length} removed`,
    same > 0 && dim(`${same} as before`),
  ].filter((part) => part !== false);
  io.out(`${folder}: ${count(added.length + changed.length + same, 'file')} (${parts.join(', ')})\n`);
}

/** `chainwatch config show`: the Stack itself, with every default filled in. */
import { toYaml } from '../../model/yaml.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { loadStack } from '../loadStack.ts';
import { json } from '../output.ts';

export async function showConfig(options: { stack: string; json: boolean }, io: Io): Promise<ExitCode> {
  const { stack, file } = loadStack(options.stack, io.cwd);
  if (options.json) io.out(json(stack));
  else io.out(toYaml(stack, `${file} with every default; durations in seconds, sizes in bytes.`));
  return exitCodes.ok;
}

/**
 * What Pulumi starts. The program is `index.ts`, which Node runs as it is, if it is new enough: an older one stops at the first type with a
 * message that nobody understands. Hence plain JavaScript, and no import of the program before that is known.
 */
import * as pulumi from '@pulumi/pulumi';
import { keepCompiled } from './bin/compiled.js';
import { runsTypeScript } from './bin/node.js';

/** @returns what `index.ts` exports: the outputs of the stack */
export default async function program() {
  if (!runsTypeScript(process.version))
    throw new pulumi.RunError(
      `Pulumi runs this program with Node ${process.version} (${process.execPath}), and it needs 22.18 or newer: install that, put it first on PATH, and try again (\`node --version\` must say so in the same shell)`,
    );
  keepCompiled();
  unmapStackTraces();
  const outputs = Object.entries(await import('./index.ts'));
  // Pulumi warns of every output that is not there, at each preview.
  return Object.fromEntries(outputs.filter(([, value]) => value !== undefined));
}

/**
 * Pulumi looks up every stack trace in source maps, and takes one for each promise, thousands in a preview. There is nothing to be found: Node
 * strips types where they stand, so that lines stay what they are.
 */
function unmapStackTraces() {
  Error.prepareStackTrace = undefined;
}

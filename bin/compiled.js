import module from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Goes with the packages. Not the folder of our commands: of each file Node keeps the functions that had run when it was first loaded, and a
 * command that runs few of a file would leave the program to compile the rest at every start.
 */
const COMPILED = fileURLToPath(new URL('../node_modules/.cache/node-compile-program', import.meta.url));

/**
 * For programs that somebody else starts: types are stripped and code is compiled once per file and not at every start. To be called before
 * the import of what is to be kept. Does nothing where Node cannot or may not.
 */
export function keepCompiled() {
  module.enableCompileCache?.(COMPILED);
}

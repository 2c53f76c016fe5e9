/**
 * What runs can be asked for and stopped without its stack file. Only where nothing runs does it matter whether there is such a stack.
 * @throws CliError naming those that there are
 */
export async function requireStackFile(stack: string, project: string): Promise<void> {
  // It brings all chains along, which takes longer than everything else that these commands do.
  const { readStackText } = await import('../cli/loadStack.ts');
  readStackText(stack, project);
}

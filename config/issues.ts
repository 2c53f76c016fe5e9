/** From what zod says is wrong with a value to faults that help. */
import type { z } from 'zod';
import type { Fault, Path } from './faults.ts';

export function faultsOf(error: z.core.$ZodError, root: Path): Fault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, root));
}

export function pathOf(issue: z.core.$ZodIssue): Path {
  return issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
}

function faultsOfIssue(issue: z.core.$ZodIssue, root: Path): Fault[] {
  const path = [...root, ...pathOf(issue)];
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message }));
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return faultsOfUnion(issue.errors, path);
  return [{ path, message: issue.message }];
}

/**
 * A union reports its branches; what helps is the one that was meant: which knows the keys that are there, and came furthest. Where
 * none came anywhere, those that are of the right kind at all.
 */
function faultsOfUnion(branches: readonly (readonly z.core.$ZodIssue[])[], path: Path): Fault[] {
  const [meant = []] = [...branches].sort((a, b) => strangers(a) - strangers(b) || depth(b) - depth(a));
  if (depth(meant) > 0) return meant.flatMap((inner) => faultsOfIssue(inner, path));
  const fitting = branches.filter(([first]) => first?.code !== 'invalid_type');
  const messages = (fitting.length > 0 ? fitting : branches).map((branch) => branch[0]?.message);
  return [{ path, message: [...new Set(messages)].join('; or ') }];
}

/** How little a branch is about what is there: its unknown keys, fewer where it knows what was meant; all, where it is no object. */
function strangers(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((total, { code, path, message }) => {
    if (code === 'unrecognized_keys') return total + (message.includes('did you mean') ? 1 : 2);
    return total + (path.length === 0 ? 100 : 0);
  }, 0);
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
}

import type { ProgramTable } from './spec.ts';
import * as chains from './table/chains.ts';
import * as checks from './table/checks.ts';
import * as comparisons from './table/comparisons.ts';
import * as kubernetes from './table/kubernetes.ts';
import * as monitoring from './table/monitoring.ts';
import * as node from './table/node.ts';
import * as replicas from './table/replicas.ts';

const families = {
  ...monitoring.families,
  ...chains.families,
  ...kubernetes.families,
  ...node.families,
  ...checks.families,
  ...replicas.families,
  ...comparisons.families,
} as const;

const programs = {
  ...monitoring.programs,
  ...chains.programs,
  ...kubernetes.programs,
  ...node.programs,
  ...checks.programs,
  ...replicas.programs,
  ...comparisons.programs,
} as const;

/** The name is that of the executable on PATH. */
export type ProgramName = keyof typeof programs;

export const programTable: ProgramTable = { families, programs };

export const programNames: readonly ProgramName[] = keysOf(programs);

function keysOf<T extends object>(object: T): readonly (keyof T & string)[] {
  const isKey = (key: string): key is keyof T & string => key in object;
  return Object.keys(object).filter(isKey).sort();
}

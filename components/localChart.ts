/** Reads what a chart of this machine says of itself. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ChartPaths, type FoundChart, judgeChart, localCharts } from '../model/kubernetes/preflight/chart.ts';
import { FINE, field, joined, listOf, textIn, type Verdict } from '../model/verdict.ts';

/** @param chart paths start at the working folder, which is that of Pulumi.yaml */
export function lookAtCharts(chart: ChartPaths): Verdict {
  return joined(
    localCharts(chart).map((each) => {
      // A mirror of the registry, or an archive: Helm reads them, and says why not.
      if (each.path.includes('://') || isFile(each.path)) return FINE;
      return judgeChart(each, readChart(each.path));
    }),
  );
}

export function readChart(path: string): FoundChart {
  try {
    const manifest: unknown = parse(readFileSync(join(path, 'Chart.yaml'), 'utf8'));
    return {
      name: textIn(manifest, 'name'),
      version: textIn(manifest, 'version'),
      dependencies: listOf(field(manifest, 'dependencies')).map((each) => textIn(each, 'name') ?? ''),
      charts: entriesOf(join(path, 'charts')),
    };
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return { unreadable: line };
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

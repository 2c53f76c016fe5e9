/** Whether a chart of this machine is the one that is meant, and whole. */
import { FINE, fault, note, type Verdict } from '../../verdict.ts';
import { charts } from '../versions.ts';

export type ChartName = 'kube-prometheus-stack' | 'prometheus-operator-crds' | 'nats';

/** As the stack file names it. */
export interface LocalChart {
  readonly name: ChartName;
  /** Where the path stands in the stack file. */
  readonly setting: string;
  readonly path: string;
}

/** What was found at the path. */
export interface FoundChart {
  /** Why Chart.yaml could not be read, as Node or the parser says it. */
  readonly unreadable?: string;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  /** Names of the charts that it needs. */
  readonly dependencies?: readonly string[];
  /** What its folder `charts` holds. */
  readonly charts?: readonly string[];
}

const PINNED: Readonly<Record<ChartName, string>> = {
  'kube-prometheus-stack': charts.stack.version,
  'prometheus-operator-crds': charts.crds.version,
  nats: charts.nats.version,
};
/** As `helm pull` takes it. */
const REFS: Readonly<Record<ChartName, string>> = {
  'kube-prometheus-stack': charts.stack.ref,
  'prometheus-operator-crds': charts.crds.ref,
  nats: `${charts.nats.ref} --repo ${charts.nats.repo}`,
};

/** Where charts are that are taken from folders. */
export interface ChartPaths {
  readonly path?: string | undefined;
  readonly crdsPath?: string | undefined;
  readonly natsPath?: string | undefined;
}

export function localCharts({ path, crdsPath, natsPath }: ChartPaths): LocalChart[] {
  const setting = 'chainwatch:kubernetes.chart';
  return [
    ...(path === undefined ? [] : [{ name: 'kube-prometheus-stack', setting: `${setting}.path`, path } as const]),
    ...(crdsPath === undefined
      ? []
      : [{ name: 'prometheus-operator-crds', setting: `${setting}.crdsPath`, path: crdsPath } as const]),
    ...(natsPath === undefined
      ? []
      : [{ name: 'nats', setting: 'chainwatch:services.aggregator.nats.path', path: natsPath } as const]),
  ];
}

export function judgeChart({ name, setting, path }: LocalChart, found: FoundChart): Verdict {
  if (found.unreadable !== undefined)
    return fault(
      `${setting}: ${path} cannot be read as a chart (${found.unreadable}): correct the path, which starts at the folder of Pulumi.yaml; \`helm pull ${REFS[name]} --version ${PINNED[name]} --untar\` makes such a folder. Or leave it out, and the chart comes from its registry`,
    );
  if (found.name !== name)
    return fault(`${setting}: ${path} is the chart "${found.name ?? ''}", and must be "${name}": correct the path`);
  const missing = (found.dependencies ?? []).filter((needed) => !found.charts?.some((there) => isChart(there, needed)));
  if (missing.length > 0)
    return fault(
      `${setting}: ${path} lacks the charts that it needs in its folder charts (${missing.join(', ')}): \`helm dependency build ${path}\``,
    );
  const [major] = (found.version ?? '').split('.');
  if (major === PINNED[name].split('.')[0]) return FINE;
  return note(
    `${setting}: ${path} is version ${found.version ?? 'unknown'} of the chart, and our values are made for ${PINNED[name]}`,
  );
}

/** A folder, or an archive with the version in its name. */
function isChart(entry: string, name: string): boolean {
  return entry === name || (entry.startsWith(`${name}-`) && entry.endsWith('.tgz'));
}

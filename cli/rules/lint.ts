/** What a rule pack promises beyond being readable: every metric is known, every alert has its page. */
import { metricsOf } from '../../model/promql/selectors.ts';
import { metricOfSeries } from '../../model/rules/catalogue.ts';
import type { Pack } from '../../model/rules/pack.ts';

/** @returns faults, one line each */
export function lintPack(pack: Pack, system: Pack | undefined): string[] {
  const catalogues = [pack, ...(system ? [system] : [])].map(({ catalogue }) => catalogue);
  const place = `rules/${pack.chain}`;
  return pack.groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => {
      const unknown = metricsOf(rule.expr).filter((metric) => !metricOfSeries(catalogues, metric));
      const faults = unknown.map(
        (metric) => `${place}: ${rule.name} reads ${metric}, which is not in ${place}/metrics.yaml`,
      );
      const hasPage = rule.kind === 'recording' || pack.runbooks.has(rule.name);
      return hasPage ? faults : [...faults, `${place}: ${rule.name} has no page runbooks/${rule.name}.md`];
    }),
  );
}

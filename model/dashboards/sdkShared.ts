/** What panels and their frame share in the Foundation SDK's words. */
import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Link } from './links.ts';

/** The variable that the viewer chooses the Prometheus by. */
export const DATA_SOURCE: { readonly type: string; readonly uid: string } = {
  type: 'prometheus',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not ours
  uid: '${datasource}',
};

export function linkBuilder({ title, url }: Link): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true);
}

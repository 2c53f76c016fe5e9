/** What panels and their frame share in the Foundation SDK's words. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type DashboardLink, DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Link } from './links.ts';

/** The variable that the viewer chooses the Prometheus by. */
export const DATA_SOURCE: { readonly type: string; readonly uid: string } = {
  type: 'prometheus',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not ours
  uid: '${datasource}',
};

export function linkBuilder({ title, url }: Link): Builder<DashboardLink> {
  return inTheOpen(new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true));
}

/** The SDK hides links in a menu unless told otherwise, and has no way to tell it. */
export function inTheOpen(link: DashboardLinkBuilder): Builder<DashboardLink> {
  const { placement: _, ...rest } = link.build();
  return { build: () => rest };
}

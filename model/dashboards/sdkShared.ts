/** What panels and their frame share in the Foundation SDK's words. */
import type { Link } from './links.ts';
import type { DashboardLink } from './sdkTypes.ts';

/** The variable that the viewer chooses the Prometheus by. */
export const DATA_SOURCE: { readonly type: string; readonly uid: string } = {
  type: 'prometheus',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's variable, not ours
  uid: '${datasource}',
};

/** In the open: with a `placement` it would be hidden in a menu. */
export const LINK: Omit<DashboardLink, 'title' | 'type'> = {
  icon: '',
  tooltip: '',
  tags: [],
  asDropdown: false,
  targetBlank: false,
  includeVars: false,
  keepTime: false,
};

export function drawLink({ title, url }: Link): DashboardLink {
  return { ...LINK, title, type: 'link', url, targetBlank: true };
}

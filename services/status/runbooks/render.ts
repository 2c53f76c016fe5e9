import { posix } from 'node:path';
import { Marked } from 'marked';
import { escapeHtml, Html } from '../../shared/page/html.ts';
import type { RunbookName } from './shelf.ts';

/**
 * A runbook's Markdown as HTML that is safe to show: raw HTML in it stands as text, images become links, and only
 * addresses that a person may follow are linked.
 *
 * Its first heading is left out where it is the alert's name: that stands above it already.
 */
export function renderRunbook(markdown: string, { chain, alert }: RunbookName): Html {
  const marked = new Marked({
    gfm: true,
    async: false,
    renderer: {
      html: ({ text }) => escapeHtml(text),
      link({ href, tokens }) {
        return linked(runbookHref(href, chain), this.parser.parseInline(tokens));
      },
      image: ({ href, text }) => linked(runbookHref(href, chain), escapeHtml(text === '' ? 'image' : text)),
    },
  });
  const title = new RegExp(`^\\s*# +${alert} *(?:\\n|$)`);
  const rendered = marked.parse(markdown.replace(title, ''));
  // Typed as a promise too, for extensions that are asynchronous; there is none.
  return new Html(typeof rendered === 'string' ? rendered : '');
}

function linked(href: string | undefined, inner: string): string {
  return href === undefined ? inner : `<a href="${escapeHtml(href)}" rel="noreferrer">${inner}</a>`;
}

/**
 * Where a link of a runbook leads. To another runbook it is written as a path between the files, so that it works where
 * they are read in the repository: `BatcherDown.md`, `../../system/runbooks/HostDown.md`; or as the path of the page here.
 *
 * @returns undefined where it leads nowhere that a person should be sent
 */
export function runbookHref(href: string, chain: string): string | undefined {
  if (href.startsWith('#')) return href;
  if (URL.canParse(href)) return /^(?:https?|mailto):$/.test(new URL(href).protocol) ? href : undefined;
  if (/^\/runbooks\/[\w-]+\/\w+$/.test(href)) return href;
  const file = /^\/rules\/([\w-]+)\/runbooks\/(\w+)\.md$/.exec(posix.resolve(`/rules/${chain}/runbooks`, href));
  return file === null ? undefined : `/runbooks/${file[1]}/${file[2]}`;
}

import { closest } from 'fastest-levenshtein';
import type { FastifyReply } from 'fastify';
import { html } from '../receiver/page/html.ts';
import type { App } from '../shared/http.ts';
import { documentOf, PAGE_HEADERS } from './page/document.ts';
import { headline, overview } from './page/overview.ts';
import type { StatusReader } from './reader.ts';
import { indexMain, runbookMain } from './runbooks/page.ts';
import { renderRunbook } from './runbooks/render.ts';
import type { RunbookName, Shelf } from './runbooks/shelf.ts';
import type { StatusSettings } from './settings.ts';

/** `/`, `/api/status`, `/runbooks`, `/runbooks/<chain>/<Alert>`. */
export function addRoutes(app: App, reader: StatusReader, shelf: Shelf, settings: StatusSettings): void {
  const { environment, links } = settings;

  app.get('/api/status', async () => reader.read());

  app.get('/', async (_request, reply) => {
    const status = await reader.read();
    const { state, at: now } = status;
    const parts = { environment, links, state, now, here: 'overview', live: true } as const;
    return sendPage(reply, documentOf({ ...parts, title: headline(status), main: overview(status) }));
  });

  app.get('/runbooks', async (_request, reply) => {
    const status = await reader.read();
    const parts = { environment, links, state: status.state, now: status.at, here: 'runbooks', live: false } as const;
    return sendPage(reply, documentOf({ ...parts, title: 'Runbooks', main: indexMain(shelf.names, status) }));
  });

  app.get<{ Params: { chain: string; alert: string } }>('/runbooks/:chain/:alert', async (request, reply) => {
    const { chain, alert } = request.params;
    const found = shelf.read({ chain, alert });
    const status = await reader.read();
    const parts = { environment, links, state: status.state, now: status.at, here: 'runbooks', live: false } as const;
    if ('problem' in found) {
      const main = missing({ chain, alert }, found.problem, shelf);
      return sendPage(reply.code(404), documentOf({ ...parts, title: 'No such runbook', main }));
    }
    const main = runbookMain({ chain, alert }, renderRunbook(found.text, { chain, alert }), status);
    return sendPage(reply, documentOf({ ...parts, title: alert, main }));
  });
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(page);
}

/** A person comes here from an alert in the middle of the night: the way on must be one click. */
function missing({ chain, alert }: RunbookName, problem: string, shelf: Shelf) {
  const names = shelf.names.map((name) => `${name.chain}/${name.alert}`);
  const near = names.length === 0 ? undefined : closest(`${chain}/${alert}`.slice(0, 200), names);
  return html`<main class="wide text">
<p class="crumbs"><a href="/runbooks">Runbooks</a> / ${chain.slice(0, 80)}</p>
<h1>No runbook “${alert.slice(0, 80)}”</h1>
<p class="now warning">There is none to show: ${problem}.</p>
${near === undefined ? null : html`<p>The nearest one is <a href="/runbooks/${near}">${near}</a>.</p>`}
</main>`;
}

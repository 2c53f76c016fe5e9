import type { App } from '../shared/http.ts';
import { nearest } from '../shared/nearest.ts';
import { html } from '../shared/page/html.ts';
import { documentOf, frame } from './page/document.ts';
import { headline } from './page/hero.ts';
import { overview } from './page/overview.ts';
import type { StatusReader } from './reader.ts';
import { limitsPart } from './runbooks/limits.ts';
import { indexMain, runbookMain } from './runbooks/page.ts';
import { renderRunbook } from './runbooks/render.ts';
import type { RunbookName, Shelf } from './runbooks/shelf.ts';
import type { StatusSettings } from './settings.ts';

/** `/`, `/api/status`, `/runbooks`, `/runbooks/<chain>/<Alert>`. */
export function addRoutes(app: App, reader: StatusReader, shelf: Shelf, settings: StatusSettings): void {
  app.get('/api/status', async () => reader.read());

  app.get('/', async (_request, reply) => {
    const status = await reader.read();
    const parts = { status, settings, here: 'overview', live: true } as const;
    return frame.send(reply, documentOf({ ...parts, title: headline(status), main: overview(status) }));
  });

  app.get('/runbooks', async (_request, reply) => {
    const status = await reader.read();
    const parts = { status, settings, here: 'runbooks', live: true } as const;
    return frame.send(reply, documentOf({ ...parts, title: 'Runbooks', main: indexMain(shelf.names, status) }));
  });

  app.get<{ Params: { chain: string; alert: string } }>('/runbooks/:chain/:alert', async (request, reply) => {
    const { chain, alert } = request.params;
    const found = shelf.read({ chain, alert });
    const status = await reader.read();
    const parts = { status, settings, here: 'runbooks' } as const;
    if ('problem' in found) {
      const main = missing({ chain, alert }, found.problem, shelf);
      return frame.send(reply.code(404), documentOf({ ...parts, live: false, title: 'No such runbook', main }));
    }
    const limits = limitsPart({ chain, alert }, await reader.readLimits({ chain, alert }), settings);
    const main = runbookMain({ chain, alert }, renderRunbook(found.text, { chain, alert }), limits, status);
    return frame.send(reply, documentOf({ ...parts, live: true, title: alert, main }));
  });
}

/** A person comes here from an alert in the middle of the night: the way on must be one click. */
function missing({ chain, alert }: RunbookName, problem: string, shelf: Shelf) {
  const names = shelf.names.map((name) => `${name.chain}/${name.alert}`);
  const near = nearest(`${chain}/${alert}`, names);
  return html`<main class="wide text">
<p class="crumbs"><a href="/runbooks">Runbooks</a> / ${chain.slice(0, 80)}</p>
<h1>No runbook “${alert.slice(0, 80)}”</h1>
<p class="now warning">There is none to show: ${problem}.</p>
${near === undefined ? null : html`<p>The nearest one is <a href="/runbooks/${near}">${near}</a>.</p>`}
</main>`;
}

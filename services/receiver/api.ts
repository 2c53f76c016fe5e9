import { z } from 'zod';
import { type App, HttpFault } from '../shared/http.ts';
import { loadSettings, SettingsError } from '../shared/settings.ts';
import type { AlertView, DeliveryView, Reader, TransitionView } from './store/reader.ts';

const MAX_PAGE = 1_000;
/** Of one alert's history, the newest; retention bounds it long before, except for an alert that flaps without end. */
const MAX_HISTORY = 5_000;

const text = () => z.string().max(512).optional();

const querySchema = z.strictObject({
  state: z.enum(['firing', 'resolved', 'all']).default('all'),
  severity: text(),
  network: text(),
  chain: text(),
  alertname: text(),
  limit: z.coerce.number<string>().int().min(1).max(MAX_PAGE).default(100),
  cursor: z
    .string()
    .transform((cursor, context) => {
      const id = /^change-(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
      if (id !== undefined) return Number(id);
      context.addIssue('is not a cursor; use nextCursor of the page before');
      return z.NEVER;
    })
    .optional(),
});

/** `GET /alerts` */
export interface AlertList {
  /** Newest change first. */
  readonly alerts: readonly AlertView[];
  /** For the next page; null on the last. */
  readonly nextCursor: string | null;
}

/** `GET /alerts/:fingerprint` */
export interface AlertHistory {
  readonly alert: AlertView;
  /** Oldest first, as far back as the retention goes. */
  readonly transitions: readonly TransitionView[];
  readonly deliveries: readonly DeliveryView[];
}

/** The JSON interface for reading. */
export function addApi(app: App, reader: () => Reader): void {
  app.get('/alerts', async (request): Promise<AlertList> => {
    const query = readQuery(request.query);
    // One more than asked for says whether there is a next page.
    const found = reader().alerts({ ...query, before: query.cursor, limit: query.limit + 1 });
    const alerts = found.slice(0, query.limit);
    const last = alerts.at(-1);
    const more = found.length > query.limit && last !== undefined;
    return { alerts, nextCursor: more ? Buffer.from(`change-${last.changeId}`).toString('base64url') : null };
  });

  app.get<{ Params: { fingerprint: string } }>('/alerts/:fingerprint', async (request): Promise<AlertHistory> => {
    const { fingerprint } = request.params;
    const alert = reader().alert(fingerprint);
    if (alert === undefined) {
      throw new HttpFault(404, {
        error: 'unknown_alert',
        reason: `no alert with fingerprint "${fingerprint.slice(0, 128)}" is known`,
        remedy: 'see GET /alerts; alerts are forgotten after the retention',
      });
    }
    return {
      alert,
      transitions: reader().transitions(fingerprint, MAX_HISTORY),
      deliveries: reader().deliveries(fingerprint, MAX_HISTORY),
    };
  });
}

function readQuery(query: unknown): z.output<typeof querySchema> {
  const flags = typeof query === 'object' && query !== null ? { ...query } : {};
  try {
    return loadSettings(querySchema, { flags });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new HttpFault(400, {
      error: 'bad_query',
      reason: error.message.replaceAll('\n', '; ').replaceAll('unknown setting', 'unknown parameter'),
      remedy: 'GET /alerts?state=firing|resolved|all&severity=&network=&chain=&alertname=&limit=&cursor=',
    });
  }
}

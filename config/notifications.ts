/** `chainwatch:notifications`: who is told, of what, how, and when not. */
import { z } from 'zod';
import { muteTime } from './calendar.ts';
import { alertLabelName, duration, name, secretRef, strict, url } from './fields.ts';
import { regex } from './regex.ts';

export type { MuteTime } from './calendar.ts';

const urlOrSecret = z
  .union([url(), secretRef])
  .describe('an address; one that holds a token belongs into chainwatch:secrets');
const sendResolved = z.boolean().default(true);

const slack = strict({
  webhook: secretRef.describe('the incoming webhook, as a secret'),
  channel: z
    .string()
    .startsWith('#')
    .describe(
      'where to post, such as #alerts; the webhook of a Slack app posts into its own channel, whatever is said here',
    )
    .optional(),
  sendResolved,
});
const discord = strict({ webhook: secretRef, sendResolved });
const pagerduty = strict({ routingKey: secretRef, sendResolved });
const telegram = strict({
  botToken: secretRef,
  chatId: z
    .number()
    .int()
    .refine((id) => id !== 0, 'must be the id of a chat'),
  sendResolved,
});
const email = strict({
  to: z.array(z.email()).min(1),
  from: z.email(),
  smarthost: z.string().regex(/^[^:]+:\d+$/, 'must be host:port of the mail server'),
  username: z.string().optional(),
  password: secretRef.optional(),
  requireTls: z.boolean().default(true),
  sendResolved,
});
const webhook = strict({
  url: urlOrSecret,
  token: secretRef.optional().describe('sent as "Authorization: Bearer …"'),
  maxAlerts: z.number().int().min(0).default(0).describe('alerts per message, 0: all'),
  sendResolved,
});

/** One receiver may use several channels: all of them get the message. */
export const receiver = strict({
  slack: slack.optional(),
  discord: discord.optional(),
  email: email.optional(),
  pagerduty: pagerduty.optional(),
  telegram: telegram.optional(),
  webhook: webhook.optional(),
}).refine(
  (channels) => Object.values(channels).some((channel) => channel !== undefined),
  'has no channel: give it slack, discord, email, pagerduty, telegram or webhook',
);
export type Receiver = z.infer<typeof receiver>;

export interface Route {
  readonly receiver?: string | undefined;
  /** Label → the value, or any of several. */
  readonly match: Readonly<Record<string, string | readonly string[]>>;
  readonly matchRegex: Readonly<Record<string, string>>;
  readonly groupBy?: readonly string[] | undefined;
  readonly groupWait?: number | undefined;
  readonly groupInterval?: number | undefined;
  readonly repeatInterval?: number | undefined;
  /** Of what ends at this route; a route below has its own. Absent: none. */
  readonly muteTimes?: readonly string[] | undefined;
  readonly continue: boolean;
  readonly routes: readonly Route[];
}

const groupLabel = z.union([z.literal('...'), alertLabelName]);
const groupBy = z
  .array(groupLabel)
  .min(1)
  .refine((labels) => labels.length === 1 || !labels.includes('...'), '"..." means all labels: it stands alone')
  .refine((labels) => new Set(labels).size === labels.length, 'lists a label twice');

const timing = {
  groupBy: groupBy.optional(),
  groupWait: duration().optional(),
  groupInterval: duration({ min: 1 }).optional(),
  repeatInterval: duration({ min: 1 }).optional(),
};

const route: z.ZodType<Route, unknown> = z.lazy(() =>
  strict({
    receiver: name.optional(),
    match: z.record(alertLabelName, z.union([z.string(), z.array(z.string()).min(1)])).default({}),
    matchRegex: z.record(alertLabelName, regex).default({}),
    ...timing,
    muteTimes: z
      .array(name)
      .optional()
      .describe('when nobody is told of what ends at this route; routes below do not inherit it and need their own'),
    continue: z.boolean().default(false),
    routes: z.array(route).default([]),
  }),
);

export const notifications = strict({
  receivers: z.record(name, receiver).default({}),
  routes: z.array(route).default([]).describe('the first that matches wins, unless it continues'),
  default: name.optional().describe('the receiver of what no route matches'),
  muteTimes: z.record(name, muteTime).default({}),
  groupBy: groupBy.default(['alertname', 'network']),
  groupWait: duration().prefault('30s').describe('long enough that one cause makes one message'),
  groupInterval: duration({ min: 1 }).prefault('5m'),
  repeatInterval: duration({ min: 1 }).prefault('4h'),
  watchdog: strict({
    receiver: name.optional().describe('somebody outside who notices when the Watchdog stops coming'),
    interval: duration({ min: 1 }).prefault('1m'),
  }).prefault({}),
});
export type Notifications = z.infer<typeof notifications>;

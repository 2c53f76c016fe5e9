/** The ways in which a receiver is told, in words. Secrets appear by name only. */

import type { AlertReceiver } from '../model/alertmanager/types.ts';
import { secretsIn } from '../model/plan/secrets.ts';

export interface Channel {
  /** `slack`, `webhook`, …; the integration's name in Alertmanager. */
  readonly kind: string;
  /** Where to: a Slack channel, an address, a URL. */
  readonly target: string;
  readonly sendResolved: boolean;
  /** Names of those that it takes. */
  readonly secrets: readonly string[];
}

type Channels = NonNullable<AlertReceiver['channels']>;

/** In the order of Alertmanager's configuration; our own webhook before one that a person gave. */
export function channelsOf({ channels, own }: AlertReceiver): Channel[] {
  const ours = own ? [{ kind: 'webhook', target: `our receiver, ${own.path}`, sendResolved: true, secrets: [] }] : [];
  return [...ours, ...(channels ? configured(channels) : [])];
}

function configured({ slack, discord, email, pagerduty, telegram, webhook }: Channels): Channel[] {
  const list: Channel[] = [];
  const add = (kind: string, target: string, channel: { readonly sendResolved: boolean }) =>
    list.push({ kind, target, sendResolved: channel.sendResolved, secrets: secretsIn(channel) });
  if (webhook) add('webhook', typeof webhook.url === 'string' ? webhook.url : secret(webhook.url), webhook);
  if (slack) add('slack', slack.channel ?? secret(slack.webhook), slack);
  if (discord) add('discord', secret(discord.webhook), discord);
  if (pagerduty) add('pagerduty', secret(pagerduty.routingKey), pagerduty);
  if (telegram) add('telegram', `chat ${telegram.chatId}`, telegram);
  for (const to of email?.to ?? []) if (email) add('email', to, email);
  return list;
}

function secret(ref: { readonly secret: string }): string {
  return `secret ${ref.secret}`;
}

/** `slack #incidents` */
export function formatChannel({ kind, target }: Channel): string {
  return `${kind} ${target}`;
}

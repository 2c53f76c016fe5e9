/** Contact points and mute timings from the receivers and mute times of the stack file. */
import type { MuteTime, Receiver } from '../../config/notifications.ts';
import { RECEIVER_TOKEN } from '../../config/ownTokens.ts';
import type { DeepReadonly, Stack } from '../../config/stack.ts';
import type { AlertReceiver } from '../alertmanager/types.ts';
import { type Naming, titled } from './naming.ts';
import type { ContactPoint, Integration, MuteInterval, MuteTiming } from './types.ts';

/** One contact point that tells all of these receivers. */
export function contactPoint(stack: Stack, receivers: readonly AlertReceiver[]): ContactPoint {
  return {
    name: contactPointName(
      stack,
      receivers.map((receiver) => receiver.name),
    ),
    integrations: receivers.flatMap((receiver) => integrationsOf(stack, receiver)),
  };
}

export function contactPointName(stack: Stack, receivers: readonly string[]): string {
  return titled(stack, stack.environment, [...receivers].join(' + '));
}

/** Our own receiver only where the stack file says how this Grafana, which may be anywhere, reaches it. */
export function integrationsOf({ grafana }: Naming, { channels, own }: AlertReceiver): Integration[] {
  const receiver = grafana?.receiverUrl?.replace(/\/+$/, '');
  return [
    ...(channels ? channelIntegrations(channels) : []),
    ...(own && receiver !== undefined ? [ownIntegration(`${receiver}${own.path}`)] : []),
  ];
}

/** The contact point that somebody else made, and that the stack file uses for a receiver. */
export function existingContactPoint({ grafana }: Naming, receiver: string): string | undefined {
  return grafana?.contactPoints[receiver];
}

function ownIntegration(url: string): Integration {
  return {
    type: 'webhook',
    url,
    authorizationScheme: 'Bearer',
    authorizationCredentials: { secret: RECEIVER_TOKEN },
    maxAlerts: 0,
    disableResolveMessage: false,
  };
}

function channelIntegrations(channels: DeepReadonly<Receiver>): Integration[] {
  const { slack, discord, email, pagerduty, telegram, webhook } = channels;
  const common = (channel: { readonly sendResolved: boolean }) => ({ disableResolveMessage: !channel.sendResolved });
  const integrations: Integration[] = [];
  if (discord) integrations.push({ type: 'discord', url: discord.webhook, ...common(discord) });
  if (email) integrations.push({ type: 'email', addresses: email.to, singleEmail: false, ...common(email) });
  if (pagerduty) {
    integrations.push({ type: 'pagerduty', integrationKey: pagerduty.routingKey, ...common(pagerduty) });
  }
  if (slack) {
    const recipient = slack.channel === undefined ? {} : { recipient: slack.channel };
    integrations.push({ type: 'slack', url: slack.webhook, ...recipient, ...common(slack) });
  }
  if (telegram) {
    const chatId = String(telegram.chatId);
    integrations.push({ type: 'telegram', token: telegram.botToken, chatId, ...common(telegram) });
  }
  if (webhook) {
    const { url, token, maxAlerts } = webhook;
    const authorization = token ? { authorizationScheme: 'Bearer' as const, authorizationCredentials: token } : {};
    integrations.push({ type: 'webhook', url, ...authorization, maxAlerts, ...common(webhook) });
  }
  return integrations;
}

export function muteTimingName(stack: Stack, name: string): string {
  return titled(stack, stack.environment, name);
}

export function muteTiming(stack: Stack, name: string, intervals: DeepReadonly<MuteTime>): MuteTiming {
  const converted = intervals.map(
    ({ weekdays, times, daysOfMonth, months, location }): MuteInterval => ({
      ...(weekdays ? { weekdays } : {}),
      ...(times ? { times } : {}),
      ...(daysOfMonth ? { daysOfMonths: daysOfMonth } : {}),
      ...(months ? { months } : {}),
      location,
    }),
  );
  return { name: muteTimingName(stack, name), intervals: converted };
}

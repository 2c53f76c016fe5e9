/** `alertmanager.yml`: the planned routes and receivers with places filled in; tokens as files, never as values. */
import { formatDuration } from '../../config/duration.ts';
import type { MuteTime, Receiver } from '../../config/notifications.ts';
import { RECEIVER_TOKEN } from '../../config/ownTokens.ts';
import type { DeepReadonly } from '../../config/stack.ts';
import { addressOf, type Places } from '../places.ts';
import { compact } from '../yaml.ts';
import type { AlertMatcher, AlertmanagerSettings, AlertReceiver, AlertRoute, InhibitRule } from './types.ts';

type Channels = DeepReadonly<Receiver>;

/** The configuration as an object, to be written as YAML. */
export function alertmanagerConfig(plan: AlertmanagerSettings, places: Places): Record<string, unknown> {
  return {
    route: route(plan.route),
    receivers: plan.receivers.map((receiver) => receiverConfig(receiver, places)),
    ...compact({
      inhibit_rules: plan.inhibitRules.map(inhibitRule),
      time_intervals: Object.entries(plan.muteTimes)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, times]) => ({ name, time_intervals: times.map(timeInterval) })),
    }),
  };
}

/** `severity=~"warning|info"`, as `amtool` and the configuration write it. */
export function formatMatcher({ label, op, value }: AlertMatcher): string {
  // Its two parsers agree on these escapes alone: of `\t` the older one, which wins, reads a backslash and a letter.
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `${label}${op}"${escaped}"`;
}

function route(node: AlertRoute): Record<string, unknown> {
  return {
    receiver: node.receiver,
    ...compact({ matchers: node.matchers.map(formatMatcher) }),
    group_by: node.groupBy,
    group_wait: formatDuration(node.groupWait),
    group_interval: formatDuration(node.groupInterval),
    repeat_interval: formatDuration(node.repeatInterval),
    ...compact({ mute_time_intervals: node.muteTimes }),
    ...(node.continue ? { continue: true } : {}),
    ...compact({ routes: node.routes.map(route) }),
  };
}

function inhibitRule({ name, source, target, equal }: InhibitRule): Record<string, unknown> {
  return { name, source_matchers: source.map(formatMatcher), target_matchers: target.map(formatMatcher), equal };
}

function timeInterval(interval: DeepReadonly<MuteTime>[number]): Record<string, unknown> {
  const { weekdays, times, daysOfMonth, months, location } = interval;
  return {
    ...compact({
      weekdays,
      times: times?.map(({ start, end }) => ({ start_time: start, end_time: end })),
      days_of_month: daysOfMonth,
      months,
    }),
    location,
  };
}

function receiverConfig({ name, channels, own }: AlertReceiver, places: Places): Record<string, unknown> {
  const webhooks = [
    ...(own ? [ownWebhook(own, places)] : []),
    ...(channels?.webhook ? [webhook(channels.webhook, places)] : []),
  ];
  return { name, ...compact({ ...channelConfigs(channels ?? {}, places), webhook_configs: webhooks }) };
}

function ownWebhook(own: NonNullable<AlertReceiver['own']>, places: Places): Record<string, unknown> {
  return {
    url: `http://${addressOf(own.address, places)}${own.path}`,
    send_resolved: true,
    http_config: bearer(RECEIVER_TOKEN, places),
  };
}

function webhook(config: NonNullable<Channels['webhook']>, places: Places): Record<string, unknown> {
  const { url, token, maxAlerts, sendResolved } = config;
  const target = typeof url === 'string' ? { url } : { url_file: places.secretFile(url.secret) };
  return {
    ...target,
    send_resolved: sendResolved,
    max_alerts: maxAlerts,
    ...(token ? { http_config: bearer(token.secret, places) } : {}),
  };
}

function bearer(secret: string, places: Places): Record<string, unknown> {
  return { authorization: { credentials_file: places.secretFile(secret) } };
}

function channelConfigs(
  { slack, discord, email, pagerduty, telegram }: Channels,
  places: Places,
): Record<string, unknown> {
  const file = (ref: { readonly secret: string }) => places.secretFile(ref.secret);
  return {
    slack_configs: slack && [
      {
        api_url_file: file(slack.webhook),
        ...compact({ channel: slack.channel }),
        send_resolved: slack.sendResolved,
        ...SLACK_TEXT,
      },
    ],
    discord_configs: discord && [
      { webhook_url_file: file(discord.webhook), send_resolved: discord.sendResolved, ...TITLE_AND_MESSAGE },
    ],
    pagerduty_configs: pagerduty && [
      {
        routing_key_file: file(pagerduty.routingKey),
        send_resolved: pagerduty.sendResolved,
        description: TITLE,
        details: { alerts: BODY },
      },
    ],
    telegram_configs: telegram && [
      // Plain text: an alert's text may hold characters that Telegram's markup would choke on, and then nobody is told.
      {
        bot_token_file: file(telegram.botToken),
        chat_id: telegram.chatId,
        send_resolved: telegram.sendResolved,
        parse_mode: '',
        message: `${TITLE}\n${BODY}`,
      },
    ],
    email_configs: email?.to.map((to) => ({
      to,
      from: email.from,
      smarthost: email.smarthost,
      require_tls: email.requireTls,
      send_resolved: email.sendResolved,
      ...compact({ auth_username: email.username, auth_password_file: email.password && file(email.password) }),
      headers: { Subject: TITLE },
      text: BODY,
    })),
  };
}

/** One line: how bad, what, where, how many. */
const TITLE =
  '[{{ .Status | toUpper }}{{ if eq .Status "firing" }} {{ .Alerts.Firing | len }}{{ end }}] {{ .CommonLabels.alertname }}{{ with .CommonLabels.network }} on {{ . }}{{ end }}';
/** Per alert: the summary, what to know, and where to read what to do. */
const BODY = [
  '{{ range .Alerts }}{{ .Labels.severity | toUpper }} {{ .Annotations.summary }}',
  '{{ .Annotations.description }}',
  'Runbook: {{ .Annotations.runbook_url }}',
  '',
  '{{ end }}',
].join('\n');
const SLACK_TEXT = { title: TITLE, text: BODY };
const TITLE_AND_MESSAGE = { title: TITLE, message: BODY };

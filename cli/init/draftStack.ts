/** What a new stack file is made of, whether by flags or by questions. */
import { receiver as receiverSchema } from '../../config/notifications.ts';
import type { EnvironmentKind } from '../../config/stack.ts';
import type { Draft, NetworkFlags } from './draft.ts';
import {
  allowsSecret,
  applySettings,
  fieldAt,
  fieldsOf,
  getAt,
  inputSchema,
  type JsonSchema,
  setAt,
} from './fields.ts';
import type { WriteFlags } from './write.ts';

export interface InitOptions extends NetworkFlags, WriteFlags {
  readonly stack?: string;
  readonly environment?: EnvironmentKind;
  readonly network?: string;
  readonly receiver?: string;
  readonly receiverSet: readonly string[];
  readonly watchdog?: string;
}

export function kindOf(name: string): EnvironmentKind | undefined {
  return (['dev', 'testnet', 'mainnet'] as const).find((kind) => kind === name);
}

/** An address, or the name of the secret that holds it. */
export function watchdogUrl(text: string): unknown {
  return /^https?:/.test(text) ? text : { secret: text.replace(/^secret:/, '') };
}

export function channelSchema(channel: string): JsonSchema {
  return fieldAt(inputSchema(receiverSchema), channel);
}

/** Secrets that a channel needs get a name of their own where nobody chose one: `slackWebhook`. */
export function draftReceiver(channel: string, settings: readonly string[]): Record<string, Draft> {
  const schema = channelSchema(channel);
  const typed: Draft = {};
  applySettings(typed, schema, settings, '--receiver-set');
  const draft: Draft = {};
  for (const { path, required, schema: field } of fieldsOf(schema)) {
    const value = getAt(typed, path);
    if (value !== undefined) setAt(draft, path, value);
    else if (required && allowsSecret(field)) setAt(draft, path, { secret: secretName(channel, path) });
  }
  return { [channel]: draft };
}

export function secretName(channel: string, field: string): string {
  return `${channel}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

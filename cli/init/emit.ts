/** YAML as the stack files are written by hand: blocks for what has names, one line for lists and what is in them. */
import { isRecord } from './fields.ts';

/** Lines of `key: value`, each line indented by `indent` spaces. Ends with a line break. */
export function emitBlock(record: Readonly<Record<string, unknown>>, indent: number): string {
  const space = ' '.repeat(indent);
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      if (isRecord(value) && Object.keys(value).length > 0 && !isShort(value))
        return `${space}${emitKey(key)}:\n${emitBlock(value, indent + 2)}`;
      if (Array.isArray(value) && value.length > 1 && value.some(isRecord))
        return `${space}${emitKey(key)}:\n${value.map((item) => `${space}  - ${emitInline(item)}\n`).join('')}`;
      return `${space}${emitKey(key)}: ${emitInline(value)}\n`;
    })
    .join('');
}

/** References such as `{ secret: name }` read best in place. */
function isShort(record: Readonly<Record<string, unknown>>): boolean {
  const [only, ...others] = Object.entries(record);
  return only !== undefined && others.length === 0 && ['secret', 'service'].includes(only[0]);
}

function emitInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(emitInline).join(', ')}]`;
  if (!isRecord(value)) return emitScalar(value);
  const parts = Object.entries(value).map(([key, inner]) => `${emitKey(key)}: ${emitInline(inner)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function emitKey(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_:-]*$/.test(key) && !/:$/.test(key) ? key : JSON.stringify(key);
}

/** Words, durations and sizes stand as they are; everything that YAML could take for something else is quoted. */
function emitScalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  const isWord = /^[A-Za-z][A-Za-z0-9_-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
  const isAmount = /^\d+(ms|[smhdwy]|[KMGT]iB)$/.test(value);
  const isUrl = /^https?:\/\/[A-Za-z0-9./_-]+$/.test(value);
  return isWord || isAmount || isUrl ? value : JSON.stringify(value);
}

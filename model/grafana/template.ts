/**
 * Annotation templates of Prometheus, as Grafana understands them.
 *
 * Grafana expands them with Prometheus' own expander, so `humanize`, `humanizeDuration`, `printf` and the rest are there. Two
 * things differ (pkg/services/ngalert/state/template/template.go): `$value` is a text that lists every stage, so the number is
 * `$values.B.Value`; and there is no `query`, no `$externalLabels`, no `$externalURL`.
 */
import { VALUE_STAGE } from './stages.ts';

export class TemplateError extends Error {}

const MISSING = new Set([
  '$externalLabels',
  '$externalURL',
  'query',
  '.Value',
  '.Labels',
  '.ExternalLabels',
  '.ExternalURL',
]);
/** Strings, which stay as they are; variables and fields, each with the fields that follow; names of functions. */
const TOKEN =
  /"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|(?:\$[A-Za-z_]\w*|\)|\.[A-Za-z_]\w*)(?:\.[A-Za-z_]\w*)*|[A-Za-z_]\w*/g;

/** @throws TemplateError for what Grafana cannot answer */
export function grafanaTemplate(text: string): string {
  let result = '';
  let at = 0;
  for (const { from, to } of actionsOf(text)) {
    result += text.slice(at, from) + translateAction(text.slice(from, to));
    at = to;
  }
  return result + text.slice(at);
}

function translateAction(action: string): string {
  if (/^\{\{-?\s*\/\*/.test(action)) return action;
  return action.replace(TOKEN, (token) => {
    if (token === '$value') return `$values.${VALUE_STAGE}.Value`;
    const start = /^[.$]?\w+/.exec(token)?.[0] ?? '';
    if (MISSING.has(start)) throw new TemplateError(`${token} in "${action}" has no equal in Grafana`);
    return token;
  });
}

interface Action {
  readonly from: number;
  readonly to: number;
}

/** Every `{{ … }}`; a `}}` within a string does not end it. */
function actionsOf(text: string): Action[] {
  const actions: Action[] = [];
  const whole = /\{\{(?:"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|(?!\}\}).)*?\}\}/gs;
  for (const match of text.matchAll(whole)) actions.push({ from: match.index, to: match.index + match[0].length });
  return actions;
}

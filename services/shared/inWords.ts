import type { z } from 'zod';

const ARTICLES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  array: 'a list',
  null: 'null',
  object: 'a mapping',
  record: 'a mapping',
};

/** What is wrong with a value, for whoever set it and does not know our schemas. A schema's own words stay as they are. */
export function inWords(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  switch (issue.code) {
    case 'invalid_type': {
      if (!message.startsWith('Invalid input: ')) return message;
      const wants = ARTICLES[issue.expected] ?? `a ${issue.expected}`;
      const received = /received (\w+)$/.exec(message)?.[1];
      if (received === 'Infinity') return `wants ${wants}; this one is too large`;
      if (received === 'undefined') return `is needed: ${wants}`;
      return received === 'NaN'
        ? `wants ${wants}`
        : `wants ${wants}, not ${ARTICLES[received ?? ''] ?? `a ${received}`}`;
    }
    case 'too_small':
      if (!message.startsWith('Too small: ')) return message;
      return sized(issue.origin, 'at least', issue.minimum, issue.inclusive);
    case 'too_big':
      if (!message.startsWith('Too big: ')) return message;
      return sized(issue.origin, 'at most', issue.maximum, issue.inclusive);
    case 'invalid_value':
      return message.startsWith('Invalid ') ? `is none of ${issue.values.map(String).join(', ')}` : message;
    case 'invalid_key': {
      const [first] = issue.issues;
      return first === undefined ? 'has a name that is not taken' : `its name ${inWords(first)}`;
    }
    case 'unrecognized_keys':
      return `${issue.keys.map((key) => `"${key}"`).join(', ')} is not known`;
    default:
      return message;
  }
}

function sized(origin: string, bound: 'at least' | 'at most', limit: number | bigint, inclusive = true): string {
  const parts = { string: 'character', array: 'entry' }[origin];
  if (parts !== undefined && bound === 'at least' && Number(limit) === 1) return 'is empty';
  if (parts === undefined) {
    const strict = bound === 'at least' ? 'more than' : 'less than';
    return `wants ${inclusive ? bound : strict} ${limit}`;
  }
  const many = parts === 'entry' ? 'entries' : `${parts}s`;
  return `wants ${bound} ${limit} ${Number(limit) === 1 ? parts : many}`;
}

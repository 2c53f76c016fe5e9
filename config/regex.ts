/** Regular expressions that Alertmanager (RE2) and our own `explain` (JavaScript) read alike. */
import { z } from 'zod';

/** Anchored at both ends where it is used, as Alertmanager does. */
export const regex = z.string().superRefine((pattern, context) => {
  const message = regexFault(pattern);
  if (message) context.addIssue({ code: 'custom', message });
});

/** What only one of the two takes, or takes in another sense. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, 'look-around'],
  [/\(\?[a-zA-Z-]/, 'flags or named groups'],
  [/\\[1-9k]/, 'references to groups'],
  [/\\[^dDwWsSbBtnrfvx\W_]/, 'escapes other than those of \\d \\w \\s \\b \\t \\n \\r \\f \\v \\x and of punctuation'],
  [/\[\[?:/, 'classes such as [:alpha:]'],
  [/\{(?:\d+,)?\d{4,}/, 'thousand repetitions'],
];

function regexFault(pattern: string): string | undefined {
  const plain = pattern.replaceAll('\\\\', '');
  const foreign = FOREIGN.find(([form]) => form.test(plain));
  if (foreign) return `"${pattern}" is not a regular expression that Alertmanager takes: it has no ${foreign[1]}`;
  try {
    new RegExp(`^(?:${pattern})$`);
    return undefined;
  } catch {
    return `"${pattern}" is not a regular expression`;
  }
}

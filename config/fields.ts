/** The kinds of values a stack file holds. Each says what is wrong with a bad one and how a good one looks. */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { z } from 'zod';
import { DurationError, formatDuration, parseDuration } from './duration.ts';
import { nearest } from './faults.ts';
import { convert, parseQuantity, parseUnit, UnitError } from './units.ts';

/** An object that takes no other keys than these; a misspelt one is answered with the nearest. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const keys = issue.keys as string[];
      return keys.map((key) => describeUnknownKey(key, known)).join('; ');
    },
  });
}

function describeUnknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return `unknown key "${key}"${near ? `; did you mean "${near}"?` : `; known: ${[...known].sort().join(', ')}`}`;
}

/** Text turned into a value by `read`, whose message becomes the fault. The JSON schema sees text. */
function text<T>(read: (input: string) => T, meta: { description: string; examples: string[]; pattern?: string }) {
  return z
    .string({ error: (issue) => `expected text such as ${meta.examples[0]}, not ${describe(issue.input)}` })
    .meta(meta)
    .transform((input, context) => {
      try {
        return read(input);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    });
}

/** What is said of a value where its field says nothing of its own. */
export const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type')
    return issue.input === undefined
      ? 'is missing'
      : `must be ${KINDS[issue.expected] ?? issue.expected}, not ${describe(issue.input)}`;
  if (issue.code === 'too_small' || issue.code === 'too_big') return outOfRange(issue);
  if (issue.code === 'invalid_format') return FORMATS[issue.format]?.(issue);
  if (issue.code !== 'invalid_value') return undefined;
  const near = typeof issue.input === 'string' ? nearest(issue.input, issue.values.map(String)) : undefined;
  const hint = near === undefined ? `not ${describe(issue.input)}` : `did you mean "${near}"?`;
  return issue.input === undefined
    ? 'is missing'
    : `must be ${issue.values
        .map(String)
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1')}: ${hint}`;
};

type Issue<Code extends string> = Extract<Parameters<z.core.$ZodErrorMap>[0], { code: Code }>;

/** `must be at least 1, not 0`; what must hold something says so. */
function outOfRange(issue: Issue<'too_small'> | Issue<'too_big'>): string {
  const low = issue.code === 'too_small';
  const limit = low ? issue.minimum : issue.maximum;
  if (issue.origin === 'string') return low ? 'must not be empty' : `must be at most ${limit} characters long`;
  if (issue.origin === 'array') return low ? 'must list at least one' : `must list at most ${limit}`;
  const bound = issue.inclusive === false ? (low ? 'more than' : 'less than') : low ? 'at least' : 'at most';
  return `must be ${bound} ${limit}, not ${String(issue.input)}`;
}

const FORMATS: Readonly<Partial<Record<string, (issue: Issue<'invalid_format'>) => string>>> = {
  email: ({ input }) => `must be an address of e-mail such as ops@example.org, not ${describe(input)}`,
  starts_with: ({ input, prefix }) =>
    `must start with "${String(prefix)}", such as "${String(prefix)}alerts", not ${describe(input)}`,
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** How a value is called in a message: `"x"`, `the number 5`, `a list`. */
export function describe(input: unknown): string {
  if (input === undefined || input === null) return 'nothing';
  if (typeof input === 'number' && !Number.isFinite(input))
    return Number.isNaN(input) ? 'what is no number (.nan)' : 'a number without end (.inf)';
  return typeof input === 'object'
    ? Array.isArray(input)
      ? 'a list'
      : 'an object'
    : typeof input === 'string'
      ? `"${input}"`
      : `the ${typeof input} ${String(input)}`;
}

/** Seconds. */
export function duration({ min = 0 }: { readonly min?: number } = {}) {
  return text(
    (input) => {
      const seconds = parseDuration(input);
      if (seconds < min) throw new DurationError(`must be at least ${formatDuration(min)}`);
      return seconds;
    },
    { description: 'A duration.', examples: ['30s', '10m', '1h30m'] },
  );
}

/** Bytes. */
export function bytes() {
  return text(
    (input) => {
      const value = convert(parseQuantity(input), parseUnit('B'));
      if (value <= 0) throw new UnitError('must be more than nothing');
      return value;
    },
    { description: 'An amount of bytes.', examples: ['10GiB', '512MiB'] },
  );
}

function ofThreshold(): { readonly error: (issue: { readonly input?: unknown }) => string } {
  return {
    error: ({ input }) => `must be a limit with its unit, such as "0.5 ETH", "80%", 10m or 3, not ${describe(input)}`,
  };
}

/** A threshold is kept as text or number: what unit it must have is known only with the alert. */
export const threshold = z
  .union([z.string(ofThreshold()), z.number(ofThreshold())])
  .meta({ description: 'A limit with its unit.', examples: ['0.5 ETH', '80%', '10m', 3] });

/** A name that may be a Kubernetes object, a file and a label value. */
export const name = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
    'must be lower-case letters, digits and dashes, start with a letter, and be at most 40 long',
  );

/** `host:port`, where the host may be an IPv6 address in brackets. */
export const hostPort = text(
  (input) => {
    const port = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/.exec(input)?.[1];
    if (port === undefined || Number(port) < 1 || Number(port) > 65_535) {
      throw new Error(`"${input}" is not host:port, such as 10.0.0.5:9464 (no http://, no path)`);
    }
    return input;
  },
  { description: 'A scrape target.', examples: ['10.0.0.5:9464', 'geth.example.org:6060'] },
);

const ofPort = 'must be the number of a port, from 1 to 65535';
export const port = z.number().int().min(1, ofPort).max(65_535, ofPort);

/** An absolute http(s) address without a user or password in it: those would end in logs. */
export function url(schemes: readonly string[] = ['http:', 'https:']) {
  return text(
    (input) => {
      const parsed = URL.canParse(input) ? new URL(input) : undefined;
      if (!parsed || !schemes.includes(parsed.protocol)) {
        throw new Error(
          `"${input}" is not a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
        );
      }
      if (parsed.username || parsed.password)
        throw new Error('holds a user or password; put it under chainwatch:secrets');
      return input;
    },
    { description: 'A URL.', examples: ['https://example.org/path'] },
  );
}

/** A reference to an entry of `chainwatch:secrets`; the value itself is nowhere else. */
export const secretRef = strict({
  secret: z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'must be the name of an entry of chainwatch:secrets, in camelCase'),
});
export type SecretRef = Readonly<z.infer<typeof secretRef>>;

/** A 20-byte EVM address in its checksum form (EIP-55), or all in lower case. */
export const evmAddress = z
  .string({
    error: (issue) =>
      typeof issue.input === 'number'
        ? 'YAML read this address as a number: quote it ("0x…")'
        : 'must be an address, such as "0x4200000000000000000000000000000000000011"',
  })
  .meta({ description: 'An EVM address.', examples: ['0x4200000000000000000000000000000000000011'] })
  .superRefine((input, context) => {
    const message = addressFault(input);
    if (message) context.addIssue({ code: 'custom', message });
  });

function addressFault(input: string): string | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(input)) return `"${input}" is not an address: 0x and 40 hexadecimal digits`;
  const digits = input.slice(2);
  if (digits === digits.toLowerCase()) return undefined;
  const right = checksum(digits.toLowerCase());
  return digits === right
    ? undefined
    : `bad checksum in "${input}": one of its digits is wrong, or it should be 0x${right}`;
}

/** EIP-55: a letter is a capital where the hash of the lower-case digits has a nibble of 8 or more at its place. */
function checksum(digits: string): string {
  const hash = keccak_256(new TextEncoder().encode(digits));
  return [...digits]
    .map((digit, index) =>
      (((hash[index >> 1] ?? 0) >> (index % 2 === 0 ? 4 : 0)) & 15) >= 8 ? digit.toUpperCase() : digit,
    )
    .join('');
}

export const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a label name: letters, digits and underscores');
export const labels = z.record(labelName, z.string());

/** Of an alert, where it is routed: alerts of others may have dashes in it, which no target of ours has. */
export const alertLabelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_.-]*$/, 'must be the name of a label: letters, digits, underscores, dashes and dots');

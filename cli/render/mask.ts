/** Inputs of resources as they may be shown: no secret in them, and nothing of how Pulumi marks what is one. */
import * as pulumi from '@pulumi/pulumi';

export const MASKED = '<masked>';
/** What the program is given for each secret: of a form that a token may have, since some are checked. */
export const STAND_IN = 'masked-stand-in-of-a-secret';
/** An output that only a real provider can tell. */
const UNKNOWN = '<known after it is applied>';

const { specialSigKey, specialSecretSig, specialOutputValueSig, unknownValue } = pulumi.runtime;

/** The same without secrets: what is marked as one is masked as deep as it goes, so that its keys can still be read. */
export function maskSecrets(value: unknown): unknown {
  if (value === unknownValue) return UNKNOWN;
  if (typeof value === 'string') return value.replaceAll(STAND_IN, MASKED);
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (!isRecord(value)) return value;
  const marked = value[specialSigKey];
  if (marked === specialSecretSig || (marked === specialOutputValueSig && value.secret === true))
    return maskAll(value.value);
  if (marked === specialOutputValueSig) return 'value' in value ? maskSecrets(value.value) : UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskSecrets(inner)]));
}

/** Every value in it masked; keys stay. */
export function maskAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskAll);
  if (!isRecord(value)) return MASKED;
  const marked = value[specialSigKey];
  if (marked === specialSecretSig || marked === specialOutputValueSig) return maskAll(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskAll(inner)]));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

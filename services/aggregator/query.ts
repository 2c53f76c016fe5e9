import { z } from 'zod';
import { NETWORK_NAME } from './settings.ts';

/** Fields of what stands behind the `?` of an address. What is no number or no place is refused: taken for the first page, it would be read for ever. */

/** Of an address, where a name may stand twice. */
const text = z.string({ error: 'stands more than once' });

export const networkField = text.regex(NETWORK_NAME, { error: 'is no name of a network, such as the-block-mainnet' });

/** A whole number in digits: what programs take for a number besides (`0x10`, `1e3`, nothing at all) is a mistake here. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER) {
  return text.transform((digits, context) => {
    const value = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN;
    if (value >= min && value <= max) return value;
    const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    context.addIssue(`wants a whole number ${bounds}, not ${JSON.stringify(digits.slice(0, 80))}`);
    return z.NEVER;
  });
}

/** Behind what a page begins. */
export interface Place {
  readonly network: string;
  readonly name: string;
}

const FIRST: Place = { network: '', name: '' };

const placeField = text
  .transform((place, context): Place => {
    const slash = place.indexOf('/');
    const [network, name] = [place.slice(0, Math.max(0, slash)), place.slice(slash + 1)];
    if (NETWORK_NAME.test(network) && name !== '') return { network, name };
    context.addIssue(
      `names no place, such as the-block-mainnet/12D3KooW…, but ${JSON.stringify(place.slice(0, 80))}; take "next" of the page before as it is, or leave it out for the first page`,
    );
    return z.NEVER;
  })
  .default(FIRST);

/** Of a list that is given a page at a time. */
export const pageQuery = z.strictObject({
  network: networkField.optional(),
  after: placeField,
  limit: wholeNumber(1, 1_000).default(100),
});

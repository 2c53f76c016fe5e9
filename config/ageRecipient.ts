/** Public keys of age: bech32, whose last six letters tell a mistyped key from a good one (BIP 173). */

const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;

/** `age1…` as age-keygen prints it. */
export function isAgeRecipient(text: string): boolean {
  if (!/^age1[a-z0-9]{20,}$/.test(text)) return false;
  const end = text.lastIndexOf('1');
  const values = [...text.slice(end + 1)].map((letter) => LETTERS.indexOf(letter));
  if (values.length < 6 || values.includes(-1)) return false;
  const codes = [...text.slice(0, end)].map((letter) => letter.charCodeAt(0));
  return checksum([...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values]) === 1;
}

function checksum(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, factor] of GENERATOR.entries()) if ((top >> bit) & 1) sum ^= factor;
  }
  return sum;
}

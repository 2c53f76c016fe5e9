import { CliError } from './errors.ts';

/**
 * Reads an address that a person typed.
 *
 * @param words.example what to give instead, as a remedy
 * @param words.ends where a password in it would end, and `instead`, how to give one
 * @throws CliError
 */
export function httpAddress(
  text: string,
  words: { readonly example: string; readonly ends: string; readonly instead: string },
): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CliError(`"${text}" is no http:// or https:// address`, { remedy: words.example });
  }
  if (url.username !== '' || url.password !== '') {
    throw new CliError(`the address holds a password, which would end in ${words.ends}`, { remedy: words.instead });
  }
  return url;
}

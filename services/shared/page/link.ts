/**
 * An address that may be linked: absolute, http or https, without userinfo.
 *
 * Others write these (annotations, generatorURL), so `javascript:` and the like must not become links.
 */
export function linkable(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.username = '';
  url.password = '';
  return url.href;
}

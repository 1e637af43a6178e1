import { isLoopback } from '@oneclick/shared/is-loopback';

/**
 * Checks the provider's link to the page where users pay. Returns the URL in its parsed form, because the parsed form
 * is what was checked, and because all browsers read it in the same way.
 *
 * @param allowedHosts as in `URL.host`
 * @returns undefined if the link isn't safe to open
 */
export function parseTopupUrl(value: unknown, allowedHosts: ReadonlySet<string>): string | undefined {
  if (typeof value !== 'string' || value.length > 2048) return undefined;
  // URL parsers ignore tabs and line breaks, and read `\` as `/` and `https:host` as `https://host`.
  if (
    /[\s\\\p{Cc}]/u.test(value) ||
    !/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(value) ||
    !URL.canParse(value)
  ) {
    return undefined;
  }
  const url = new URL(value);
  const isSafeScheme = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  return isSafeScheme && allowedHosts.has(url.host) && url.href.length <= 2048 ? url.href : undefined;
}

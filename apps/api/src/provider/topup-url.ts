import { isLoopback } from '@oneclick/shared/is-loopback';

/**
 * The page a user is sent to with the wish to pay. What was compared is what is returned: the URL as parsed, in the
 * one spelling that every browser reads the same way.
 *
 * @param allowedHosts as in `URL.host`
 * @returns undefined if it isn't safe to open
 */
export function parseTopupUrl(value: unknown, allowedHosts: ReadonlySet<string>): string | undefined {
  if (typeof value !== 'string' || value.length > 2048) return undefined;
  // URL parsers drop tabs and line breaks, and take a backslash for a slash and `https:host` for `https://host`.
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

import { isLoopback } from '@oneclick/shared/is-loopback';
import { parseUrl } from '../parse-url.ts';

/**
 * The origins that may receive the access token besides the API's.
 * @throws {TypeError} for a value that is no origin, or that a token would reach in plain text
 */
export function toTokenOrigins(values: readonly string[]): ReadonlySet<string> {
  return new Set(values.map(toOrigin));
}

function toOrigin(value: string): string {
  const { origin, protocol, hostname } = new URL(value);
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return origin;
  throw new TypeError(`Not an https origin: ${value}`);
}

/** Undefined unless the text is a URL of one of the origins. Without scheme and host, it is a path of the API. */
export function parseTokenUrl(text: string, origins: ReadonlySet<string>): URL | undefined {
  const url = parseUrl(text);
  // The origin of a `blob:` URL is that of its page, so the whole beginning is compared.
  return url && origins.has(url.origin) && url.href.startsWith(`${url.origin}/`) ? url : undefined;
}

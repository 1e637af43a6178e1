/**
 * Whether a text is an http or https origin as browsers send it in `Origin` (RFC 6454 §6.2). The host may consist of
 * letters, digits, dots and hyphens, or be an IP address. The URL standard also allows `;`, `"` and `$`, which would end
 * a value in a Content-Security-Policy, in HTML or in the configuration of a web server. A trailing dot would make a
 * second name for the same host. Servers and build programs call it, pages do not.
 *
 * @example
 * isOrigin('https://api.example.com'); // true
 */
export function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[a-z\d.:[\]-]+$/.test(text) || !URL.canParse(text)) return false;
  const { origin, hostname } = new URL(text);
  return origin === text && !hostname.endsWith('.');
}

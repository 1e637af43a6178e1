/** Of what comes out, which goes into a cookie: there a letter outside ASCII takes six or nine. */
const MAX_LENGTH = 512;

/**
 * Where in the web app the server-side flow ends. It comes from a link, so anybody may have written it (RFC 9700
 * §4.11.1). Whatever could be read as another place than a path of the web origin counts as none.
 *
 * @returns a path with its query and fragment, in the one spelling that every browser reads the same way
 */
export function parseReturnPath(value: unknown, webOrigin: string): string {
  // URL parsers drop tabs and line breaks, and take a backslash for a slash.
  const isPath = typeof value === 'string' && /^\/(?!\/)[^\s\\\p{Cc}]*$/u.test(value);
  if (!isPath || !URL.canParse(value, webOrigin)) return '/';
  const { origin, pathname, search, hash } = new URL(value, webOrigin);
  // `/.//evil.example` has become `//evil.example`: on our origin here, on another where it is resolved once more.
  const path = pathname + search + hash;
  return origin === webOrigin && !path.startsWith('//') && path.length <= MAX_LENGTH ? path : '/';
}

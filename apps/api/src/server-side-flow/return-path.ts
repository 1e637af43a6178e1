/** The result is sealed into a cookie. Percent-encoded, a character outside ASCII takes six bytes or more. */
const MAX_LENGTH = 512;

/**
 * The path of the web app at which the server-side flow ends. It comes from a link, so anyone may have written it
 * (RFC 9700 §4.11.1). A value that any browser could read as another origin counts as `/`.
 *
 * @returns a path with its query and fragment, in the one spelling that every browser reads the same way
 */
export function parseReturnPath(value: unknown, webOrigin: string): string {
  // URL parsers remove tabs and line breaks, and read a backslash as a slash.
  const isPath = typeof value === 'string' && /^\/(?!\/)[^\s\\\p{Cc}]*$/u.test(value);
  if (!isPath || !URL.canParse(value, webOrigin)) return '/';
  const { origin, pathname, search, hash } = new URL(value, webOrigin);
  // `/.//evil.example` has become `//evil.example`: resolving that path once more leads to another origin.
  const path = pathname + search + hash;
  return origin === webOrigin && !path.startsWith('//') && path.length <= MAX_LENGTH ? path : '/';
}

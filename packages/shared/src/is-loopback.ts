/**
 * Whether a host name means this machine: the only place where plain http is accepted (RFC 8252 §8.3).
 * A `*.localhost` name counts, because browsers resolve it to this machine (RFC 6761 §6.3).
 *
 * @param hostname as in `URL.hostname`: lower case, IPv6 in brackets
 * @example
 * isLoopback(new URL('http://127.0.0.1:3000').hostname); // true
 */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

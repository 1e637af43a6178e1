import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** All addresses that begin with the first bits of this one. */
interface AddressRange {
  address: ipaddr.IPv4 | ipaddr.IPv6;
  prefixLength: number;
}

/**
 * @param text an address, or a range in CIDR notation
 * @returns undefined for any other text; a range of IPv4 for one that is written as IPv6 (RFC 4291 §2.5.5.2)
 */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [, start = '', length] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(start); // ipaddr.js also accepts `10.1` and `0x0a000001`.
  const bits = family === 4 ? 32 : 128;
  const prefixLength = Number(length ?? bits);
  if (family === 0 || prefixLength > bits) return undefined;
  const address = ipaddr.parse(start);
  const isMapped = address.kind() === 'ipv6' && address.range() === 'ipv4Mapped' && prefixLength >= 96;
  return isMapped
    ? { address: ipaddr.process(start), prefixLength: prefixLength - 96 }
    : { address, prefixLength };
}

/** Proxies have private addresses, or a few networks of a provider. Its largest ones are a thousandth of these limits. */
const MAX_SHARE_OF_IPV4 = 2 ** -4;
const MAX_SHARE_OF_IPV6 = 2 ** -16;

/** Whether the ranges together are everybody, or a large part of the internet. */
export function coverTheInternet(ranges: readonly AddressRange[]): boolean {
  let [ipv4Share, ipv6Share] = [0, 0];
  for (const { address, prefixLength } of ranges) {
    if (address.kind() === 'ipv4') ipv4Share += 2 ** -prefixLength;
    // All IPv4 addresses, written as IPv6.
    else if (ipaddr.IPv6.parse('::ffff:0:0').match(address, prefixLength)) ipv4Share = 1;
    else if (!isPrivate(address, prefixLength)) ipv6Share += 2 ** -prefixLength;
  }
  return ipv4Share >= MAX_SHARE_OF_IPV4 || ipv6Share >= MAX_SHARE_OF_IPV6;
}

/** RFC 4193 and RFC 4291 §2.5.6: no address of the internet. */
function isPrivate(address: AddressRange['address'], prefixLength: number): boolean {
  return (
    (address.range() === 'uniqueLocal' && prefixLength >= 7) ||
    (address.range() === 'linkLocal' && prefixLength >= 10)
  );
}

/** @returns whether an element of `X-Forwarded-For`, or the address of a connection, is one of the proxies */
export function createProxyTrust(ranges: readonly string[]): (text: string) => boolean {
  const parsed = ranges.flatMap((range) => parseAddressRange(range) ?? []);
  return (text) => {
    const forwarded = parseForwardedAddress(text);
    if (forwarded === undefined) return false;
    const address = ipaddr.process(forwarded); // A server that listens on IPv6 sees IPv4 addresses as `::ffff:192.0.2.1`.
    return parsed.some(
      (range) => range.address.kind() === address.kind() && address.match(range.address, range.prefixLength),
    );
  };
}

/**
 * The address in an element of `X-Forwarded-For`. Some proxies add the port, and brackets around IPv6.
 *
 * @example parseForwardedAddress('192.0.2.1:50123'); // '192.0.2.1'
 * @example parseForwardedAddress('[2001:db8::1]:50123'); // '2001:db8::1'
 * @returns undefined for a text that is no address, such as `unknown`
 */
export function parseForwardedAddress(text: string): string | undefined {
  if (isIP(text) !== 0) return text;
  const [, inBrackets, beforePort] = /^(?:\[([^\]]+)\](?::\d{1,5})?|(.+):\d{1,5})$/.exec(text) ?? [];
  const address = inBrackets ?? beforePort ?? '';
  return isIP(address) === 0 ? undefined : address;
}

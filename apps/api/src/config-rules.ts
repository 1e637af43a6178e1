import { isIP } from 'node:net';
import { isLoopback } from '@oneclick/shared/is-loopback';
import { isOrigin } from '@oneclick/shared/is-origin';
import * as v from 'valibot';
import { coverTheInternet, parseAddressRange } from './proxies.ts';

/**
 * A variable of the environment.
 *
 * @param rule completes the sentence "NAME must be …"
 * @param parse returns undefined for a text that breaks the rule
 */
function variable<T>(rule: string, parse: (text: string) => T | undefined) {
  return v.pipe(
    v.string(),
    // `docker run --env-file` takes quotation marks as part of the value.
    v.check((text) => !/^(["'`]).*\1$/s.test(text), 'must not be in quotation marks'),
    v.rawTransform<string, T>(({ dataset: { value: text }, addIssue, NEVER }) => {
      const parsed = text === text.trim() ? parse(text) : undefined;
      if (parsed !== undefined) return parsed;
      addIssue({ message: text === '' ? `is missing: it must be ${rule}` : `must be ${rule}` });
      return NEVER;
    }),
  );
}

/** Reads an unset variable as an empty text, which breaks the rule of every required variable. */
export function required<T>(schema: v.GenericSchema<string, T>) {
  return v.optional(schema, '');
}

export function oneOf<const T extends string>(choices: readonly T[]) {
  return v.picklist(choices, `must be ${choices.join(' or ')}`);
}

export function wholeNumber(from: number, to: number) {
  return variable(`a whole number from ${from} to ${to}`, (text) => {
    const isWithin = /^\d{1,10}$/.test(text) && Number(text) >= from && Number(text) <= to;
    return isWithin ? Number(text) : undefined;
  });
}

/** Different items with commas between them. */
function listOf<T>(parse: (item: string) => T | undefined, identify: (item: T) => unknown = (item) => item) {
  return (text: string): [T, ...T[]] | undefined => {
    const items = text.split(',');
    const [first, ...rest] = items.flatMap((item) => parse(item.trim()) ?? []);
    if (first === undefined) return undefined;
    const areGoodAndDifferent = new Set([first, ...rest].map(identify)).size === items.length;
    return areGoodAndDifferent ? [first, ...rest] : undefined;
  };
}

/** Not a URL, no port, and no number that only looks like an address. */
export const listeningHost = variable(
  'an IP address of this machine, such as 0.0.0.0 for all, or a host name of it',
  (text) => {
    const isName = /^(?!-)[a-z\d-]+(?:\.[a-z\d-]+)*$/i.test(text) && !/^[\d.]+$/.test(text);
    return isIP(text) !== 0 || isName ? text : undefined;
  },
);

/** An https URL, or http to this machine. A trailing dot would make a second name for the same host. */
function parseSafeUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (!url || url.hostname.endsWith('.') || url.hostname.includes('*') || url.username || url.password) {
    return undefined;
  }
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  return isSafe ? url : undefined;
}

/** Compared byte for byte with the `Origin` header, so only the form that browsers send is accepted. */
const parseOrigin = (text: string) => (isOrigin(text) && parseSafeUrl(text) ? text : undefined);
const ORIGIN_RULE =
  'an exact origin such as https://app.example.com (http on loopback only; no path, no trailing slash)';
export const origin = variable(ORIGIN_RULE, parseOrigin);
export const origins = variable(`${ORIGIN_RULE}, or several with commas between them`, listOf(parseOrigin));

export const providerUrl = variable(
  'an https URL (http on loopback only) without credentials, query or fragment, and not a placeholder',
  (text) => {
    const url = parseSafeUrl(text);
    return url && !/[?#\\\s]/.test(text) && !/^your-|\.your-/.test(url.hostname) ? text : undefined;
  },
);

/** Credentials may be part of it. */
export const proxyUrl = variable('the http:// or https:// URL of a proxy', (text) => {
  const url = /\s/.test(text) ? null : URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? text : undefined;
});

/** Sent to the provider as written, because providers compare redirect URIs exactly. */
export const redirectUri = variable(
  'an absolute https URL (http on loopback only) without a fragment (RFC 6749 §3.1.2)',
  (text) => (parseSafeUrl(text) && !/[#\\\s]/.test(text) ? text : undefined),
);

/** Placeholders in documentation and example files. */
const PLACEHOLDER =
  /^(?:change|replace|insert|enter)[-_ ]?(?:me|this|it|with|your)|^your[-_ ]|^x{3,}$|^(?:todo|tbd|placeholder|example|secret|password)$|^<|>$|^\$\{|\.\.\.$/i;

/** RFC 6749 Appendix A.1 and A.2: *VSCHAR */
const parseCredential = (text: string) =>
  /^[\x20-\x7e]{1,1024}$/.test(text) && !PLACEHOLDER.test(text) ? text : undefined;
export const credential = variable(
  "the provider's value: printable ASCII, no blank at either end, not a placeholder",
  parseCredential,
);
export const audience = variable(
  "the name of the app's own servers: printable ASCII, no blank at either end, not a placeholder",
  parseCredential,
);

/** RFC 6749 §3.3: scope-token *( SP scope-token ) */
export const scopes = variable('scopes with one space between them (RFC 6749 §3.3)', (text) =>
  /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(text) ? text : undefined,
);

export const hosts = variable(
  'host names with commas between them: lower case, no scheme, no wildcard, a port only if it is not the default',
  listOf((text) => (parseSafeUrl(`https://${text}`)?.host === text ? text : undefined)),
);

export const sessionKeys = variable(
  'kid:key with commas between them: each kid once, each key 32 random bytes in base64url without padding',
  listOf(
    (text) => {
      const [, kid, encoded] = /^([\w-]{1,32}):([\w-]{43})$/.exec(text) ?? [];
      const bytes = Buffer.from(encoded ?? '', 'base64url');
      // Only one of the spellings that decode to the same bytes is accepted: another one is a typing error.
      const isKey = bytes.toString('base64url') === encoded && bytes.some((byte) => byte !== 0);
      return kid && isKey ? { kid, bytes: new Uint8Array(bytes) } : undefined;
    },
    ({ kid }) => kid,
  ),
);

/** Whether each `%` starts an encoded character. ioredis would end the process if not. */
function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Credentials may be part of it. ioredis would take a query for options. */
export const redisUrl = variable(
  'a redis:// or rediss:// URL with a host, and no path but a database number; in a password, % is written as %25',
  (text) => {
    const url = /[?#\\\s]/.test(text) || !canDecode(text) ? null : URL.parse(text);
    const isRedis = url && /^rediss?:$/.test(url.protocol) && url.hostname !== '';
    return isRedis && /^(?:\/\d{0,5})?$/.test(url.pathname) ? text : undefined;
  },
);

const parseAddressRanges = listOf((text) => (parseAddressRange(text) ? text : undefined));

/** Everybody could choose a client address with `X-Forwarded-For` if everybody were a proxy. */
export const addressRanges = variable(
  'addresses or CIDR ranges of your reverse proxies with commas between them, and no large part of the internet; neither true nor a number of hops',
  (text) => {
    const ranges = parseAddressRanges(text);
    const parsed = ranges?.flatMap((range) => parseAddressRange(range) ?? []) ?? [];
    return coverTheInternet(parsed) ? undefined : ranges;
  },
);

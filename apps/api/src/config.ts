import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { isLoopback } from '@oneclick/shared/is-loopback';
import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import { computeTopology, type Topology } from './topology.ts';

/** What the operator decided, checked. Nothing else in this app reads the environment. */
export interface Config {
  host: string;
  port: number;
  logLevel: string;
  topology: Topology;
  /** The first of them: where the server-side flow ends. */
  webOrigin: string;
  provider: ProviderConfig;
  /** `host` or `host:port`, as in `URL.host`. */
  topupHosts: ReadonlySet<string>;
  /** The first seals, all open. */
  sessionKeys: readonly SessionKey[];
  sessionIdleSeconds: number;
  sessionMaxSeconds: number;
  /** For a request to arrive, from its first byte to its last. */
  requestTimeoutMs: number;
  /** Without a byte either way. Longer than the slowest answer, one that waits for the provider, twice at most. */
  idleTimeoutMs: number;
  /** Addresses and CIDR ranges whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Requests per minute of one client address to one group of routes. */
  rateLimitPerMinute: number;
  /** What several instances share. Without it, this is the only one. */
  redisUrl: string | undefined;
}

export interface ProviderConfig {
  authorizationEndpoint: string;
  tokenEndpoint: string;
  userinfoEndpoint: string;
  topupEndpoint: string;
  /** RFC 7009. */
  revocationEndpoint: string | undefined;
  clientId: string;
  clientSecret: string;
  clientAuth: 'client_secret_post' | 'client_secret_basic';
  redirectUri: string;
  /** The server-side flow's, which there is only where this is set. */
  serverRedirectUri: string | undefined;
  scope: string;
  autoAuthorize: boolean;
  /** For one request, from connecting to the last byte of the body. */
  timeoutMs: number;
  /** More are refused at once. Half of them have a connection, the others wait for one within their time. */
  maxRequestsInFlight: number;
}

export interface SessionKey {
  kid: string;
  bytes: Uint8Array;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Says everything that is wrong at once: names and rules, never a value, since values are secrets. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n  ${faults.join('\n  ')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** @throws ConfigError */
export function readConfig(): Config {
  return parseConfig(process.env);
}

/** @throws ConfigError */
export function parseConfig(env: Environment): Config {
  const faults: string[] = [];
  const fault = (text: string): undefined => void faults.push(text);

  /** Reads one variable. An empty one counts as not set, as `FOO=` in an env file is meant. */
  function read<T>(name: string, parse: (value: string) => T | undefined, rule: string): T | undefined {
    const value = env[name];
    if (value === undefined || value === '') return undefined;
    const parsed = value === value.trim() ? parse(value) : undefined;
    return parsed ?? fault(`${name} must be ${rule}`);
  }

  function require<T>(name: string, parse: (value: string) => T | undefined, rule: string): T | undefined {
    return env[name] ? read(name, parse, rule) : fault(`${name} is missing: it must be ${rule}`);
  }

  const webOrigins = require('WEB_ORIGIN', list(origin), ORIGINS_RULE);
  const apiOrigin = read('API_ORIGIN', origin, ORIGIN_RULE) ?? webOrigins?.[0];
  const topology = webOrigins && apiOrigin ? computeTopology(webOrigins, apiOrigin) : undefined;
  if (webOrigins && apiOrigin && !topology) {
    fault(
      'API_ORIGIN is cross-site to WEB_ORIGIN over plain http, where no cookie works: use one host name for both',
    );
  }

  const base = require('OAUTH_PROVIDER', providerUrl, `${URL_RULE}, not the documentation's placeholder`);
  const endpoint = (name: string, path: string) =>
    read(name, providerUrl, URL_RULE) ?? (base && `${base.replace(/\/$/, '')}/api/oauth2/${path}`);

  const clientId = require('OAUTH_CLIENT_ID', credential, CREDENTIAL_RULE);
  const clientSecret = readClientSecret();

  const redirectUri =
    read(
      'OAUTH_REDIRECT_URI',
      redirectUriOn(webOrigins),
      'a page of an origin in WEB_ORIGIN, without a fragment',
    ) ??
    (webOrigins && `${webOrigins[0]}${WEB_PATHS.callback}`);

  const serverRedirectUri = read(
    'OAUTH_SERVER_REDIRECT_URI',
    exactly(apiOrigin && `${apiOrigin}${PATHS.serverSideCallback}`),
    `${PATHS.serverSideCallback} on the API's origin, with nothing after it`,
  );
  // The provider sends the user to the API, whose cookies a browser would keep for the API's own site then.
  if (serverRedirectUri && topology?.relation === 'cross-site') {
    fault('OAUTH_SERVER_REDIRECT_URI cannot be used where API_ORIGIN is cross-site to WEB_ORIGIN');
  }

  // Set but empty would forbid every link: more likely a slip than a wish.
  if (env['TOPUP_HOSTS'] === '') fault(`TOPUP_HOSTS must be ${HOSTS_RULE}`);

  const idleSeconds =
    read('SESSION_IDLE_SECONDS', wholeNumber(1, FOUR_HUNDRED_DAYS), SECONDS_RULE) ?? 604_800;
  const maxSeconds =
    read('SESSION_MAX_SECONDS', wholeNumber(1, FOUR_HUNDRED_DAYS), SECONDS_RULE) ?? 2_592_000;
  if (idleSeconds > maxSeconds) fault('SESSION_IDLE_SECONDS must not be more than SESSION_MAX_SECONDS');

  const config = {
    host: read('HOST', (value) => value, 'an address to listen on') ?? '127.0.0.1',
    port: read('PORT', wholeNumber(0, 65_535), 'a port number') ?? 3000,
    logLevel: read('LOG_LEVEL', oneOf(LOG_LEVELS), `one of ${LOG_LEVELS.join(', ')}`) ?? 'info',
    topology,
    webOrigin: webOrigins?.[0],
    provider: {
      authorizationEndpoint: endpoint('OAUTH_AUTHORIZATION_ENDPOINT', 'authorize'),
      tokenEndpoint: endpoint('OAUTH_TOKEN_ENDPOINT', 'token'),
      userinfoEndpoint: endpoint('OAUTH_USERINFO_ENDPOINT', 'userinfo'),
      topupEndpoint: endpoint('OAUTH_TOPUP_ENDPOINT', 'topup'),
      revocationEndpoint: read('OAUTH_REVOCATION_ENDPOINT', providerUrl, URL_RULE),
      clientId,
      clientSecret,
      clientAuth:
        read('OAUTH_CLIENT_AUTH', oneOf(CLIENT_AUTHS), CLIENT_AUTHS.join(' or ')) ?? 'client_secret_post',
      redirectUri,
      serverRedirectUri,
      scope:
        read('OAUTH_SCOPE', scope, 'scopes with one space between them (RFC 6749 §3.3)') ?? 'profile balance',
      autoAuthorize: read('OAUTH_AUTO_AUTHORIZE', oneOf(['true', 'false']), 'true or false') !== 'false',
      timeoutMs: 10_000,
      maxRequestsInFlight: 256,
    },
    topupHosts: new Set(read('TOPUP_HOSTS', list(host), HOSTS_RULE) ?? (base ? [new URL(base).host] : [])),
    sessionKeys: require('SESSION_KEYS', sessionKeys, SESSION_KEYS_RULE),
    sessionIdleSeconds: idleSeconds,
    sessionMaxSeconds: maxSeconds,
    requestTimeoutMs: 10_000,
    idleTimeoutMs: 30_000,
    trustedProxies: read('TRUST_PROXY', list(addressRange), PROXIES_RULE) ?? [],
    rateLimitPerMinute: read('RATE_LIMIT_PER_MINUTE', wholeNumber(1, 1_000_000_000), COUNT_RULE) ?? 60,
    redisUrl: read('REDIS_URL', redisUrl, REDIS_RULE),
  };

  // Vite puts every VITE_ variable into the bundle that browsers load.
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('VITE_') && clientSecret && value?.includes(clientSecret)) {
      fault(`${name} holds the client secret and would publish it`);
    }
  }

  if (!isComplete(config)) throw new ConfigError(faults);
  return config;

  /** Whatever is undefined in the draft has left a fault. */
  function isComplete(_draft: object): _draft is Config {
    return faults.length === 0;
  }

  function readClientSecret(): string | undefined {
    const fromFile = env['OAUTH_CLIENT_SECRET_FILE'];
    if (fromFile && env['OAUTH_CLIENT_SECRET']) {
      return fault('OAUTH_CLIENT_SECRET and OAUTH_CLIENT_SECRET_FILE are both set: use one');
    }
    if (!fromFile) {
      const secret = require('OAUTH_CLIENT_SECRET', credential, CREDENTIAL_RULE);
      return secret && secret === clientId ? fault('OAUTH_CLIENT_SECRET must not be the client id') : secret;
    }
    let text: string;
    try {
      text = readFileSync(fromFile, 'utf8').replace(/\r?\n$/, ''); // Editors end a file with a line break.
    } catch {
      return fault('OAUTH_CLIENT_SECRET_FILE cannot be read');
    }
    const secret = text === text.trim() && text !== '' ? credential(text) : undefined;
    if (!secret) return fault(`OAUTH_CLIENT_SECRET_FILE must hold ${CREDENTIAL_RULE}`);
    return secret === clientId ? fault('OAUTH_CLIENT_SECRET_FILE must not hold the client id') : secret;
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const CLIENT_AUTHS = ['client_secret_post', 'client_secret_basic'];
/** The longest a browser keeps a cookie. */
const FOUR_HUNDRED_DAYS = 34_560_000;

const ORIGIN_RULE =
  'an exact origin such as https://app.example.com (http on loopback only; no path, no trailing slash)';
const ORIGINS_RULE = `${ORIGIN_RULE}, or several with commas between them`;
const URL_RULE = 'an https URL (http on loopback only) without credentials, query or fragment';
const CREDENTIAL_RULE = "the provider's value: printable ASCII without blanks around it, not a placeholder";
const HOSTS_RULE = 'host names, each with its port if not the default: lower case, no scheme, no wildcard';
const COUNT_RULE = 'a whole number, 1 or more';
const PROXIES_RULE =
  'addresses of your reverse proxies, or CIDR ranges, with commas between them; neither true nor a number of hops';
const SECONDS_RULE = 'a whole number of seconds, from 1 to 400 days';
const REDIS_RULE = 'a redis:// or rediss:// URL with a host, and no path but the number of a database';
const SESSION_KEYS_RULE =
  'kid:key with commas between them; each kid once, each key 32 random bytes in base64url without padding';

function list<T>(parse: (item: string) => T | undefined) {
  return (value: string): T[] | undefined => {
    const items = value.split(',').map((item) => parse(item.trim()));
    return items.every((item) => item !== undefined) && new Set(items).size === items.length
      ? items
      : undefined;
  };
}

/** Parses the one value there is. What that is may be unknown, for a fault that is reported elsewhere. */
function exactly(expected: string | undefined) {
  return (value: string): string | undefined =>
    expected === undefined || value === expected ? value : undefined;
}

function oneOf<T extends string>(choices: readonly T[]) {
  return (value: string): T | undefined => choices.find((choice) => choice === value);
}

function wholeNumber(min: number, max: number) {
  return (value: string): number | undefined =>
    /^\d{1,10}$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : undefined;
}

/** An https URL, or http to this machine. A trailing dot would make a second name for the same host. */
function safeUrl(value: string): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || url.hostname.endsWith('.') || url.hostname.includes('*') || url.username || url.password)
    return undefined;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
    ? url
    : undefined;
}

/** Compared byte for byte with the `Origin` header, so only the form browsers send will do (RFC 6454 §6.2). */
function origin(value: string): string | undefined {
  return safeUrl(value)?.origin === value ? value : undefined;
}

function providerUrl(value: string): string | undefined {
  const url = safeUrl(value);
  const isPlain = url && !/[?#\\\s]/.test(value) && !/^your-|\.your-/.test(url.hostname);
  return isPlain ? value : undefined;
}

/** RFC 6749 §3.1.2: an absolute URI without a fragment. Sent as written, since providers compare it exactly. */
function redirectUriOn(webOrigins: readonly string[] | undefined) {
  return (value: string): string | undefined => {
    const url = safeUrl(value);
    if (!url || /[#\\\s]/.test(value)) return undefined;
    return !webOrigins || webOrigins.includes(url.origin) ? value : undefined;
  };
}

function host(value: string): string | undefined {
  const url = safeUrl(`https://${value}`);
  return url?.host === value ? value : undefined;
}

/** Credentials may be part of it. A query would be taken for options of the client. */
function redisUrl(value: string): string | undefined {
  const url = URL.canParse(value) && !/[?#\\\s]/.test(value) ? new URL(value) : undefined;
  const isRedis = url && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '';
  return isRedis && /^(?:\/\d{0,5})?$/.test(url.pathname) ? value : undefined;
}

/** An address or a range of them. `/0` would be everybody, who could then claim any address. */
function addressRange(value: string): string | undefined {
  const [, address = '', prefix = '1'] = /^([^/%]+)(?:\/([1-9]\d{0,2}))?$/.exec(value) ?? [];
  const longestPrefix = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return Number(prefix) <= longestPrefix ? value : undefined;
}

/** RFC 6749 §3.3: scope-token *( SP scope-token ) */
function scope(value: string): string | undefined {
  return /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(value) ? value : undefined;
}

/** RFC 6749 Appendix A.1 and A.2: *VSCHAR */
function credential(value: string): string | undefined {
  return /^[\x20-\x7e]{1,1024}$/.test(value) && !PLACEHOLDER.test(value) ? value : undefined;
}

/** What documentation and example files hold where a value belongs. */
const PLACEHOLDER =
  /^(?:change|replace|insert|enter)[-_ ]?(?:me|this|it|with|your)|^your[-_ ]|^x{3,}$|^(?:todo|tbd|placeholder|example|secret|password)$|^<|>$|^\$\{|\.\.\.$/i;

function sessionKeys(value: string): SessionKey[] | undefined {
  const keys = value.split(',').map((item) => {
    const [, kid, encoded] = /^([\w-]{1,32}):([\w-]{43})$/.exec(item.trim()) ?? [];
    const bytes = Buffer.from(encoded ?? '', 'base64url');
    // Encoding it again shows stray bits: two spellings of one key would be a slip of the pen.
    const isKey = bytes.toString('base64url') === encoded && bytes.some((byte) => byte !== 0);
    return kid && isKey ? { kid, bytes: new Uint8Array(bytes) } : undefined;
  });
  const areAllKeys = keys.every((key) => key !== undefined);
  return areAllKeys && new Set(keys.map(({ kid }) => kid)).size === keys.length ? keys : undefined;
}

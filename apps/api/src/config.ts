import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import * as rules from './config-rules.ts';
import { readSecretFiles, SECRETS } from './secret-files.ts';
import { computeTopology } from './topology.ts';

/** Names every faulty variable with its rule, and never a value: a value may be a secret. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    const count = `${faults.length} fault${faults.length === 1 ? '' : 's'}`;
    super(`The configuration has ${count}:\n  ${faults.join('\n  ')}`);
    this.faults = faults;
  }
}

/** No other module reads the environment. @throws {ConfigError} with all faults */
export function parseConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  // Windows editors write this mark at the start of a file. Node and Docker take it for a part of the first name.
  const markedNames = Object.keys(environment).filter((name) => name.startsWith('\uFEFF'));
  const readable = Object.entries(environment).map(([name, value]) => [name.replace(/^\uFEFF/, ''), value]);
  const { variables, faults: unusableFiles } = readSecretFiles(withProxies(Object.fromEntries(readable)));
  // `NAME=` in an env file means that NAME is unset. An empty TOPUP_HOSTS stays, because it would refuse every link.
  const given = Object.entries(variables).filter(([name, value]) => value !== '' || name === 'TOPUP_HOSTS');
  const parsed = v.safeParse(environmentSchema, Object.fromEntries(given));
  const rulesBroken = (parsed.issues ?? []).flatMap((issue) => {
    const name = v.getDotPath(issue) ?? '';
    if (unusableFiles.has(name)) return []; // The value is missing because its file can't be used.
    const source = variables[`${name}_FILE`] ? `${name} in ${name}_FILE` : name;
    return `${source} ${issue.message}`.trim();
  });
  const marks = markedNames.map(
    (name) => `${name.slice(1)} follows a byte order mark: save its file as UTF-8 without BOM`,
  );
  const faults = [...rulesBroken, ...unusableFiles.values(), ...marks, ...findPublishedSecret(variables)];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return parsed.output;
}

/** Most programs write and read these names in lower case, and prefer them to upper case. */
function withProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].flatMap((name) => {
    const value = environment[name.toLowerCase()];
    return value ? [[name, value]] : [];
  });
  return { ...environment, ...Object.fromEntries(given) };
}

/** Vite puts every VITE_ variable into the bundle that browsers load. */
function findPublishedSecret({ OAUTH_CLIENT_SECRET: secret, ...others }: NodeJS.ProcessEnv): string[] {
  return Object.entries(others)
    .filter(([name, value]) => name.startsWith('VITE_') && secret && value?.includes(secret))
    .map(([name]) => `${name} contains the client secret and would publish it`);
}

const originSettings = v.pipe(
  v.object({
    WEB_ORIGIN: rules.required(rules.origins),
    API_ORIGIN: v.optional(rules.origin),
    OAUTH_REDIRECT_URI: v.optional(rules.redirectUri),
    OAUTH_SERVER_REDIRECT_URI: v.optional(v.string()),
  }),
  v.transform(({ WEB_ORIGIN: [webOrigin, ...others], API_ORIGIN: apiOrigin = webOrigin, ...env }) => ({
    /** The first one. The server-side flow redirects to it in the end. */
    webOrigin,
    apiOrigin,
    topology: computeTopology([webOrigin, ...others], apiOrigin),
    provider: {
      redirectUri: env.OAUTH_REDIRECT_URI ?? webOrigin + WEB_PATHS.callback,
      /** Turns the server-side flow on. */
      serverRedirectUri: env.OAUTH_SERVER_REDIRECT_URI,
    },
  })),
  v.check(
    ({ topology }) => topology.relation !== 'cross-site' || topology.isSecure,
    'API_ORIGIN is cross-site to WEB_ORIGIN over plain http, where no cookie works: use one host name for both',
  ),
  v.check(
    ({ topology, provider }) => topology.acceptedFetchSites.has(new URL(provider.redirectUri).origin),
    'OAUTH_REDIRECT_URI must be a page of an origin in WEB_ORIGIN',
  ),
  v.check(
    // Across sites, the browser would keep the cookies of this redirect for the API's own site.
    ({ topology, apiOrigin, provider: { serverRedirectUri: uri } }) =>
      !uri || (uri === apiOrigin + PATHS.serverSideCallback && topology.relation !== 'cross-site'),
    `OAUTH_SERVER_REDIRECT_URI must be ${PATHS.serverSideCallback} on an API_ORIGIN that is not cross-site to WEB_ORIGIN`,
  ),
);

const endpointSettings = v.pipe(
  v.object({
    OAUTH_PROVIDER: rules.required(rules.providerUrl),
    OAUTH_AUTHORIZATION_ENDPOINT: v.optional(rules.providerUrl),
    OAUTH_TOKEN_ENDPOINT: v.optional(rules.providerUrl),
    OAUTH_USERINFO_ENDPOINT: v.optional(rules.providerUrl),
    OAUTH_TOPUP_ENDPOINT: v.optional(rules.providerUrl),
    OAUTH_REVOCATION_ENDPOINT: v.optional(rules.providerUrl),
    TOPUP_HOSTS: v.optional(rules.hosts),
  }),
  v.transform(({ OAUTH_PROVIDER: base, ...env }) => {
    const defaultOf = (endpoint: string) => `${base.replace(/\/$/, '')}/api/oauth2/${endpoint}`;
    return {
      /** Where a top-up link may point to: `host` or `host:port`, as in `URL.host`. */
      topupHosts: new Set(env.TOPUP_HOSTS ?? [new URL(base).host]),
      provider: {
        authorizationEndpoint: env.OAUTH_AUTHORIZATION_ENDPOINT ?? defaultOf('authorize'),
        tokenEndpoint: env.OAUTH_TOKEN_ENDPOINT ?? defaultOf('token'),
        userinfoEndpoint: env.OAUTH_USERINFO_ENDPOINT ?? defaultOf('userinfo'),
        topupEndpoint: env.OAUTH_TOPUP_ENDPOINT ?? defaultOf('topup'),
        /** RFC 7009. */
        revocationEndpoint: env.OAUTH_REVOCATION_ENDPOINT,
        /** For one request to the provider, from connecting to the last byte of the response. */
        timeoutMs: 10_000,
        /** To each endpoint. Requests beyond this number fail at once. */
        maxRequestsInFlight: 256,
      },
    };
  }),
);

const proxySettings = v.pipe(
  v.object({
    HTTPS_PROXY: v.optional(rules.proxyUrl),
    HTTP_PROXY: v.optional(rules.proxyUrl),
    NO_PROXY: v.optional(v.string()),
  }),
  v.transform((env) => ({
    provider: {
      /** The proxies of this network for requests to the provider. An empty text: none. */
      proxies: {
        httpsProxy: env.HTTPS_PROXY ?? '',
        httpProxy: env.HTTP_PROXY ?? '',
        noProxy: env.NO_PROXY ?? '',
      },
    },
  })),
);

const CLIENT_AUTHS = ['client_secret_post', 'client_secret_basic'] as const;

const clientSettings = v.pipe(
  v.object({
    OAUTH_CLIENT_ID: rules.required(rules.credential),
    OAUTH_CLIENT_SECRET: rules.required(rules.credential),
    OAUTH_CLIENT_AUTH: v.optional(rules.oneOf(CLIENT_AUTHS), 'client_secret_post'),
    OAUTH_SCOPE: v.optional(rules.scopes, 'profile balance'),
    OAUTH_AUTO_AUTHORIZE: v.optional(rules.oneOf(['true', 'false']), 'true'),
    IDENTITY_AUDIENCE: v.optional(rules.audience),
  }),
  v.check(
    (env) => env.OAUTH_CLIENT_SECRET !== env.OAUTH_CLIENT_ID,
    'OAUTH_CLIENT_SECRET (or the content of OAUTH_CLIENT_SECRET_FILE) must not be the client id',
  ),
  v.transform((env) => ({
    /** The `aud` of identity tokens: the name of the app's own servers. */
    identityAudience: env.IDENTITY_AUDIENCE ?? env.OAUTH_CLIENT_ID,
    secrets: { clientSecret: env.OAUTH_CLIENT_SECRET },
    provider: {
      clientId: env.OAUTH_CLIENT_ID,
      clientAuth: env.OAUTH_CLIENT_AUTH,
      scope: env.OAUTH_SCOPE,
      autoAuthorize: env.OAUTH_AUTO_AUTHORIZE === 'true',
    },
  })),
);

/** The longest time that browsers keep a cookie. */
const FOUR_HUNDRED_DAYS = 34_560_000;

const sessionSettings = v.pipe(
  v.object({
    SESSION_KEYS: rules.required(rules.sessionKeys),
    SESSION_IDLE_SECONDS: v.optional(rules.wholeNumber(1, FOUR_HUNDRED_DAYS), '604800'),
    SESSION_MAX_SECONDS: v.optional(rules.wholeNumber(1, FOUR_HUNDRED_DAYS), '2592000'),
  }),
  v.check(
    (env) => env.SESSION_IDLE_SECONDS <= env.SESSION_MAX_SECONDS,
    'SESSION_IDLE_SECONDS must not be more than SESSION_MAX_SECONDS',
  ),
  v.transform((env) => ({
    secrets: {
      /** The first key seals. Every key opens. */
      sessionKeys: env.SESSION_KEYS,
    },
    sessionIdleSeconds: env.SESSION_IDLE_SECONDS,
    sessionMaxSeconds: env.SESSION_MAX_SECONDS,
  })),
);

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const serverSettings = v.pipe(
  v.object({
    HOST: v.optional(rules.listeningHost, '127.0.0.1'),
    PORT: v.optional(rules.wholeNumber(0, 65_535), '3000'),
    LOG_LEVEL: v.optional(rules.oneOf(LOG_LEVELS), 'info'),
    TRUST_PROXY: v.optional(rules.addressRanges),
    DRAIN_SECONDS: v.optional(rules.wholeNumber(0, 3600), '0'),
    KEEP_ALIVE_SECONDS: v.optional(rules.wholeNumber(1, 86_400), '72'),
    RATE_LIMIT_PER_MINUTE: v.optional(rules.wholeNumber(1, 1_000_000_000), '240'),
    REDIS_URL: v.optional(rules.redisUrl),
  }),
  v.transform((env) => ({
    host: env.HOST,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
    /** Addresses and CIDR ranges whose `X-Forwarded-For` is trusted. */
    trustedProxies: env.TRUST_PROXY ?? [],
    /** How long requests are still served after SIGTERM, while `/readyz` answers 503. */
    drainSeconds: env.DRAIN_SECONDS,
    /** For a connection without a request, after an answer. */
    keepAliveSeconds: env.KEEP_ALIVE_SECONDS,
    /** Requests per minute from one client address to one group of routes. */
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    /** The Redis that several instances share; undefined: this is the only instance. */
    redisUrl: env.REDIS_URL,
    /** For a client to send its request, from the first byte to the last. */
    requestTimeoutMs: 10_000,
    /** For a connection without traffic. Longer than the slowest response, which waits for the provider twice. */
    idleTimeoutMs: 30_000,
    /** For the end of the process after SIGTERM and `drainSeconds`. Longer than the slowest response. */
    shutdownTimeoutMs: 25_000,
  })),
);

const environmentSchema = v.intersect([
  originSettings,
  endpointSettings,
  proxySettings,
  clientSettings,
  sessionSettings,
  serverSettings,
]);

/** The names of all variables that the API reads. */
export const VARIABLES: readonly string[] = [
  ...environmentSchema.options.flatMap(({ entries }) => Object.keys(entries)),
  ...SECRETS.map((name) => `${name}_FILE`),
];

/** The operator's settings, validated. */
export interface Config extends v.InferOutput<typeof environmentSchema> {}
export type ProviderConfig = Config['provider'];
/** Can change while the process runs: read a secret when it is used, and keep no copy. */
export type Secrets = Config['secrets'];
export type SessionKeys = Secrets['sessionKeys'];

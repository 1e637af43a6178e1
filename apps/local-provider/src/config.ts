import { isLoopback } from '@oneclick/shared/is-loopback';
import * as v from 'valibot';

export interface RegisteredApp {
  name: string;
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  /** AIHubMix allows one redirect URI per app. A second one makes both flows testable with one app. */
  serverRedirectUri?: string | undefined;
}

export interface ProviderConfig {
  host: string;
  /** 0 means any free port. */
  port: number;
  /** The origin under which browsers and apps reach the provider. The default is `http://localhost:{port}`. */
  issuer: string | undefined;
  /** An app that is registered at the start. `POST /api/oauth_apps` registers more. */
  app: RegisteredApp | undefined;
  /** The bearer token for `POST /api/oauth_apps`. Without it, nobody can register an app. */
  developerToken: string | undefined;
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  codeSeconds: number;
  /** The Cross-Origin-Opener-Policy of every answer. Without it, the header is not sent. */
  openerPolicy: string | undefined;
}

/** Lists all faults of the environment. A fault names its variable but never quotes the value, which can be a secret. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === value;
}

/** Whether the URI is absolute and has no fragment (RFC 6749 §3.1.2). Plain http is allowed on loopback hosts only. */
export function isRedirectUri(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || value.includes('#') || url.username || url.password) return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && isLoopback(url.hostname);
}

const integer = (options: { from: number; to: number; message: string }) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, options.message),
    v.transform(Number),
    v.minValue(options.from, options.message),
    v.maxValue(options.to, options.message),
  );

const seconds = integer({
  from: 1,
  to: 999_999_999,
  message: 'must be a whole number of seconds, 1 or more',
});
const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));

// RFC 6749 appendix A.1 and A.2 allow visible ASCII and spaces.
const clientCredential = v.pipe(
  v.string(),
  v.regex(/^[\x20-\x7E]+$/, 'must be printable ASCII and not empty'),
);

const redirectUriSchema = v.pipe(
  v.string(),
  v.check(isRedirectUri, 'must be an absolute https URL (http on localhost) without a fragment'),
);

const OPENER_POLICIES = ['unsafe-none', 'same-origin-allow-popups', 'same-origin', 'noopener-allow-popups'];

const environmentSchema = v.object({
  HOST: v.optional(text, '127.0.0.1'),
  PORT: v.optional(integer({ from: 0, to: 65_535, message: 'must be a port number, 0 to 65535' }), '4400'),
  ISSUER: v.optional(
    v.pipe(v.string(), v.check(isOrigin, 'must be an origin without a path, such as http://localhost:4400')),
  ),
  APP_NAME: v.optional(text, 'Demo app'),
  OAUTH_CLIENT_ID: v.optional(clientCredential),
  OAUTH_CLIENT_SECRET: v.optional(clientCredential),
  OAUTH_REDIRECT_URI: v.optional(redirectUriSchema),
  OAUTH_SERVER_REDIRECT_URI: v.optional(redirectUriSchema),
  DEVELOPER_TOKEN: v.optional(text),
  ACCESS_TOKEN_SECONDS: v.optional(seconds, '7200'),
  REFRESH_TOKEN_SECONDS: v.optional(seconds, '2592000'),
  CODE_SECONDS: v.optional(seconds, '60'),
  OPENER_POLICY: v.optional(v.picklist(OPENER_POLICIES, `must be one of ${OPENER_POLICIES.join(', ')}`)),
});

const APP_VARIABLES = ['OAUTH_CLIENT_ID', 'OAUTH_CLIENT_SECRET', 'OAUTH_REDIRECT_URI'] as const;

/** @throws {ConfigError} */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): ProviderConfig {
  if (environment.NODE_ENV === 'production') {
    throw new ConfigError([
      'The local provider does not start with NODE_ENV=production: anybody can sign in to its demo accounts.',
    ]);
  }

  const faults: string[] = [];
  const parsed = v.safeParse(environmentSchema, environment);
  for (const issue of parsed.issues ?? []) faults.push(`${v.getDotPath(issue)} ${issue.message}`);

  const missing = APP_VARIABLES.filter((name) => environment[name] === undefined);
  if (missing.length > 0 && missing.length < APP_VARIABLES.length) {
    faults.push(`${missing.join(', ')} missing: set all of ${APP_VARIABLES.join(', ')}, or none`);
  }
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);

  const env = parsed.output;
  const {
    OAUTH_CLIENT_ID: clientId,
    OAUTH_CLIENT_SECRET: clientSecret,
    OAUTH_REDIRECT_URI: redirectUri,
    OAUTH_SERVER_REDIRECT_URI: serverRedirectUri,
  } = env;
  return {
    host: env.HOST,
    port: env.PORT,
    issuer: env.ISSUER,
    app:
      clientId && clientSecret && redirectUri
        ? { name: env.APP_NAME, clientId, clientSecret, redirectUri, serverRedirectUri }
        : undefined,
    developerToken: env.DEVELOPER_TOKEN,
    accessTokenSeconds: env.ACCESS_TOKEN_SECONDS,
    refreshTokenSeconds: env.REFRESH_TOKEN_SECONDS,
    codeSeconds: env.CODE_SECONDS,
    openerPolicy: env.OPENER_POLICY,
  };
}

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { ConfigError, parseConfig, VARIABLES } from './config.ts';
import { VALID_ENV } from '../test/support/test-api.ts';
import { PROVIDER } from '../test/doubles/test-provider.ts';

function faultsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    parseConfig({ ...VALID_ENV, ...env });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults;
  }
}

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64url');
const secretFile = (text: string) => {
  const path = join(mkdtempSync(join(tmpdir(), 'secret-')), 'secret');
  writeFileSync(path, text);
  return path;
};

test('the required variables suffice, and all others have defaults', () => {
  const { RATE_LIMIT_PER_MINUTE: _, ...required } = VALID_ENV;
  expect(parseConfig(required)).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    provider: {
      authorizationEndpoint: `${PROVIDER}/api/oauth2/authorize`,
      tokenEndpoint: `${PROVIDER}/api/oauth2/token`,
      userinfoEndpoint: `${PROVIDER}/api/oauth2/userinfo`,
      topupEndpoint: `${PROVIDER}/api/oauth2/topup`,
      revocationEndpoint: undefined,
      clientAuth: 'client_secret_post',
      redirectUri: 'https://app.example.com/oauth/callback.html',
      scope: 'profile balance',
      autoAuthorize: true,
      timeoutMs: 10_000,
      maxRequestsInFlight: 256,
    },
    topupHosts: new Set(['provider.localhost']),
    sessionIdleSeconds: 604_800,
    sessionMaxSeconds: 2_592_000,
    trustedProxies: [],
    rateLimitPerMinute: 240,
    redisUrl: undefined,
  });
});

test('an empty variable counts as not set', () => {
  expect(faultsOf({ PORT: '', OAUTH_SCOPE: '', REDIS_URL: '', OAUTH_CLIENT_SECRET_FILE: '' })).toEqual([]);
});

test('OAUTH_PROVIDER may have a port and a path, and each endpoint may be on another host', () => {
  const env = {
    OAUTH_PROVIDER: 'http://localhost:4000/base/',
    OAUTH_TOPUP_ENDPOINT: 'https://pay.example/topup',
  };
  const { provider, topupHosts } = parseConfig({ ...VALID_ENV, ...env });
  expect(provider.tokenEndpoint).toBe('http://localhost:4000/base/api/oauth2/token');
  expect(provider.topupEndpoint).toBe('https://pay.example/topup');
  expect(topupHosts).toEqual(new Set(['localhost:4000']));
});

test('the proxies of the network are read, in lower case first', () => {
  const env = {
    HTTPS_PROXY: 'http://upper.example:3128',
    https_proxy: 'http://user:canary@lower.example:3128/',
    HTTP_PROXY: 'https://proxy.example',
    http_proxy: '',
    no_proxy: 'localhost,.internal.example',
  };
  expect(parseConfig({ ...VALID_ENV, ...env }).provider.proxies).toEqual({
    httpsProxy: 'http://user:canary@lower.example:3128/',
    httpProxy: 'https://proxy.example',
    noProxy: 'localhost,.internal.example',
  });
  const without = { httpsProxy: '', httpProxy: '', noProxy: '' };
  expect(parseConfig(VALID_ENV).provider.proxies).toEqual(without);
});

test.each(['proxy.example:3128', 'socks5://proxy.example', 'ftp://proxy.example', 'http://', 'http://a b'])(
  'the proxy %s is reported without its value',
  (value) => {
    for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy']) {
      const faults = faultsOf({ [name]: value });
      expect(faults).toEqual([`${name.toUpperCase()} must be the http:// or https:// URL of a proxy`]);
    }
  },
);

test('TRUST_PROXY accepts addresses and CIDR ranges', () => {
  const privateRanges =
    '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7,fe80::/10,::ffff:10.0.0.0/104';
  expect(faultsOf({ TRUST_PROXY: privateRanges })).toEqual([]);
  const TRUST_PROXY = '127.0.0.1, ::1,10.0.0.0/8,2001:db8::/32,10.1.2.3/32';
  expect(parseConfig({ ...VALID_ENV, TRUST_PROXY }).trustedProxies).toEqual([
    '127.0.0.1',
    '::1',
    '10.0.0.0/8',
    '2001:db8::/32',
    '10.1.2.3/32',
  ]);
});

test('every secret can come from a file, which is read without its last line break', () => {
  const { secrets, redisUrl } = parseConfig({
    ...VALID_ENV,
    OAUTH_CLIENT_SECRET: '',
    OAUTH_CLIENT_SECRET_FILE: secretFile('from-file\n'),
    SESSION_KEYS: undefined,
    SESSION_KEYS_FILE: secretFile(`k2:${key(2)}`),
    REDIS_URL_FILE: secretFile('redis://:password@redis.example\r\n'),
  });
  expect(secrets.clientSecret).toBe('from-file');
  expect(secrets.sessionKeys.map(({ kid }) => kid)).toEqual(['k2']);
  expect(redisUrl).toBe('redis://:password@redis.example');
});

test.each([
  ['WEB_ORIGIN', undefined],
  ['WEB_ORIGIN', 'https://app.example.com/'],
  ['WEB_ORIGIN', 'https://app.example.com/path'],
  ['WEB_ORIGIN', 'https://APP.example.com'],
  ['WEB_ORIGIN', 'https://app.example.com:443'],
  ['WEB_ORIGIN', 'https://app.example.com.'],
  ['WEB_ORIGIN', 'https://app.example.com;'],
  ['WEB_ORIGIN', 'https://a"b.example.com'],
  ['WEB_ORIGIN', 'https://user@app.example.com'],
  ['WEB_ORIGIN', 'https://*.example.com'],
  ['WEB_ORIGIN', '*'],
  ['WEB_ORIGIN', 'null'],
  ['WEB_ORIGIN', 'http://app.example.com'],
  ['WEB_ORIGIN', 'https://app.example.com,'],
  ['WEB_ORIGIN', 'https://app.example.com,https://app.example.com'],
  ['API_ORIGIN', 'https://api.example.com/api'],
  ['API_ORIGIN', 'http://api.example.com'],
  ['OAUTH_PROVIDER', undefined],
  ['OAUTH_PROVIDER', 'https://your-domain.com'],
  ['OAUTH_PROVIDER', 'http://provider.example'],
  ['OAUTH_PROVIDER', 'https://user:pass@provider.example'],
  ['OAUTH_PROVIDER', 'https://provider.example?x=1'],
  ['OAUTH_PROVIDER', 'https://provider.example#x'],
  ['OAUTH_PROVIDER', 'provider.example'],
  ['OAUTH_TOKEN_ENDPOINT', 'http://provider.example/token'],
  ['OAUTH_REVOCATION_ENDPOINT', 'ftp://provider.example/revoke'],
  ['OAUTH_CLIENT_ID', undefined],
  ['OAUTH_CLIENT_ID', 'client_abc123def456...'],
  ['OAUTH_CLIENT_SECRET', undefined],
  ['OAUTH_CLIENT_SECRET', '   '],
  ['OAUTH_CLIENT_SECRET', ' padded'],
  ['OAUTH_CLIENT_SECRET', 'changeme'],
  ['OAUTH_CLIENT_SECRET', 'change-me-please'],
  ['OAUTH_CLIENT_SECRET', 'your_client_secret'],
  ['OAUTH_CLIENT_SECRET', '<secret>'],
  ['OAUTH_CLIENT_SECRET', 'secret_xyz789uvw012...'],
  ['OAUTH_CLIENT_SECRET', 'client_1'],
  ['OAUTH_CLIENT_SECRET', 'geheimnis-ü'],
  ['OAUTH_CLIENT_SECRET', '"quoted-secret"'],
  ['OAUTH_CLIENT_SECRET', "'quoted-secret'"],
  ['OAUTH_CLIENT_ID', '"client_2"'],
  ['OAUTH_CLIENT_ID', "'client_2'"],
  ['OAUTH_SCOPE', "'profile balance'"],
  ['OAUTH_SCOPE', '"profile balance"'],
  ['TOPUP_HOSTS', "'pay.example'"],
  ['TOPUP_HOSTS', '"pay.example"'],
  ['WEB_ORIGIN', '"https://app.example.com"'],
  ['OAUTH_PROVIDER', "'https://provider.example'"],
  ['REDIS_URL', '"redis://localhost"'],
  ['HOST', '"127.0.0.1"'],
  ['HOST', 'http://127.0.0.1'],
  ['HOST', '127.0.0.1:3000'],
  ['HOST', '[::1]'],
  ['HOST', '999.1.1.1'],
  ['HOST', '*'],
  ['HOST', ' 127.0.0.1'],
  ['HOST', '-localhost'],
  ['OAUTH_CLIENT_AUTH', 'none'],
  ['OAUTH_REDIRECT_URI', 'https://other.example/oauth/callback.html'],
  ['OAUTH_REDIRECT_URI', 'https://app.example.com/oauth/callback.html#x'],
  ['OAUTH_REDIRECT_URI', '/oauth/callback.html'],
  ['OAUTH_SCOPE', 'profile  balance'],
  ['OAUTH_SCOPE', 'profil é'],
  ['OAUTH_AUTO_AUTHORIZE', 'yes'],
  ['TOPUP_HOSTS', ''],
  ['TOPUP_HOSTS', 'https://pay.example'],
  ['TOPUP_HOSTS', '*.pay.example'],
  ['TOPUP_HOSTS', 'pay.example/x'],
  ['TOPUP_HOSTS', 'PAY.example'],
  ['TOPUP_HOSTS', 'pay.example.'],
  ['TOPUP_HOSTS', 'user@pay.example'],
  ['SESSION_KEYS', undefined],
  ['SESSION_KEYS', key(1)],
  ['SESSION_KEYS', `k1:${Buffer.alloc(31, 1).toString('base64url')}`],
  ['SESSION_KEYS', `k1:${Buffer.alloc(33, 1).toString('base64url')}`],
  ['SESSION_KEYS', `k1:${Buffer.alloc(32, 255).toString('base64')}`],
  ['SESSION_KEYS', `k1:${'A'.repeat(42)}B`],
  ['SESSION_KEYS', `k1:${key(0)}`],
  ['SESSION_KEYS', `k1:${key(1)},k1:${key(2)}`],
  ['SESSION_KEYS', `k1:${key(1)},`],
  ['SESSION_KEYS', 'k1:<32 random bytes in base64url>'],
  ['SESSION_IDLE_SECONDS', '0'],
  ['SESSION_IDLE_SECONDS', '1h'],
  ['SESSION_IDLE_SECONDS', '9999999'],
  ['SESSION_MAX_SECONDS', '99999999'],
  ['PORT', '65536'],
  ['PORT', '3000x'],
  ['LOG_LEVEL', 'loud'],
  ['REDIS_URL', 'http://localhost:6379'],
  ['REDIS_URL', 'redis:///0'],
  ['REDIS_URL', 'redis://localhost/sessions'],
  ['REDIS_URL', 'redis://localhost?enableOfflineQueue=true'],
  ['REDIS_URL', 'redis://user:100%@localhost'],
  ['REDIS_URL', 'redis://user:a%zz@localhost'],
  ['REDIS_URL', 'rediss://user:a%ff@localhost'],
  ['REDIS_URL', 'redis://us%er:secret@localhost'],
  ['OAUTH_SERVER_REDIRECT_URI', 'https://api.example.com/oauth/callback'],
  ['OAUTH_SERVER_REDIRECT_URI', 'https://app.example.com/oauth/callback.html'],
  ['OAUTH_SERVER_REDIRECT_URI', 'https://app.example.com/oauth/callback#x'],
  ['OAUTH_SERVER_REDIRECT_URI', 'http://app.example.com/oauth/callback'],
  ['OAUTH_SERVER_REDIRECT_URI', '/elsewhere'],
  ['TRUST_PROXY', 'true'],
  ['TRUST_PROXY', '1'],
  ['TRUST_PROXY', '0.0.0.0/0'],
  ['TRUST_PROXY', '::/0'],
  ['TRUST_PROXY', '0.0.0.0/1,128.0.0.0/1'],
  ['TRUST_PROXY', '0.0.0.0/1'],
  ['TRUST_PROXY', '10.0.0.0/8,64.0.0.0/2'],
  ['TRUST_PROXY', Array.from({ length: 256 }, (_, i) => `${i}.0.0.0/8`).join(',')],
  ['TRUST_PROXY', '::/1,8000::/1'],
  ['TRUST_PROXY', '2000::/3'],
  ['TRUST_PROXY', '2400::/12'],
  ['TRUST_PROXY', '::ffff:0:0/96'],
  ['TRUST_PROXY', '::ffff:0.0.0.0/97,::ffff:128.0.0.0/97'],
  ['TRUST_PROXY', '::fffe:0:0/95'],
  ['TRUST_PROXY', '::ffff:10.0.0.0/80'],
  ['TRUST_PROXY', 'fc00::/6'],
  ['TRUST_PROXY', '10.0.0.0/33'],
  ['TRUST_PROXY', '10.0.0.0/'],
  ['TRUST_PROXY', '10.0.0.0/8/8'],
  ['TRUST_PROXY', '10.0.0'],
  ['TRUST_PROXY', 'loopback'],
  ['TRUST_PROXY', 'proxy.example.com'],
  ['TRUST_PROXY', '2001:db8::/129'],
  ['TRUST_PROXY', '10.0.0.1,'],
  ['RATE_LIMIT_PER_MINUTE', '0'],
  ['RATE_LIMIT_PER_MINUTE', '-60'],
  ['RATE_LIMIT_PER_MINUTE', '60/s'],
])('%s=%s is reported by its name and never quoted', (name, value) => {
  const faults = faultsOf({ [name]: value });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`^${name} `));
  // A short value, such as 1h, may be part of a word.
  expect(value !== undefined && value.length > 4 && faults[0]?.includes(value)).toBe(false);
});

test.each([
  [
    'OAUTH_CLIENT_SECRET',
    secretFile('x'),
    VALID_ENV.OAUTH_CLIENT_SECRET,
    'together with OAUTH_CLIENT_SECRET',
  ],
  ['OAUTH_CLIENT_SECRET', '/nowhere/secret', '', 'ENOENT'],
  ['SESSION_KEYS', tmpdir(), '', 'EISDIR'],
  ['REDIS_URL', '/nowhere/\0', '', 'ERR_INVALID_ARG_VALUE'],
  ['OAUTH_CLIENT_SECRET', secretFile('\n'), '', 'missing'],
  ['OAUTH_CLIENT_SECRET', secretFile('changeme'), '', 'placeholder'],
  ['OAUTH_CLIENT_SECRET', secretFile('client_1'), '', 'client id'],
  ['SESSION_KEYS', secretFile(key(1)), '', 'kid:key'],
  ['REDIS_URL', secretFile('http://canary.example'), '', 'rediss://'],
])('the fault of %s_FILE at %s is reported once, with its reason', (name, path, value, reason) => {
  const faults = faultsOf({ [name]: value, [`${name}_FILE`]: path });
  expect(faults).toEqual([expect.stringContaining(reason)]);
  expect(faults[0]).toContain(`${name}_FILE`);
  expect(faults[0]).not.toMatch(/canary|nowhere/);
});

test.each(['redis://localhost', 'redis://10.0.0.1:6380/2', 'rediss://user:password@redis.example.com:6380'])(
  'REDIS_URL accepts %s',
  (url) => expect(parseConfig({ ...VALID_ENV, REDIS_URL: url }).redisUrl).toBe(url),
);

test('a client secret in a variable of the web bundle is reported', () => {
  expect(faultsOf({ VITE_TOKEN: `x${VALID_ENV.OAUTH_CLIENT_SECRET}` })).toEqual([
    expect.stringMatching(/^VITE_TOKEN /),
  ]);
});

test.each([
  ['http://localhost:5173', 'http://127.0.0.1:3000'],
  ['http://app.localhost:5173', 'http://api.localhost:3000'],
  ['https://app.example.com', 'http://localhost:3000'],
])('the origins %s and %s, which are cross-site over plain http, are reported', (web, api) => {
  expect(faultsOf({ WEB_ORIGIN: web, API_ORIGIN: api })).toEqual([expect.stringMatching(/^API_ORIGIN /)]);
});

test.each([
  ['https://app.example.com', []],
  ['https://api.example.com', []],
  ['https://api.example.org', [expect.stringMatching(/^OAUTH_SERVER_REDIRECT_URI .*cross-site/)]],
])('the server-side flow is reported unless the API at %s is on the site of the web app', (api, expected) => {
  expect(faultsOf({ API_ORIGIN: api, OAUTH_SERVER_REDIRECT_URI: `${api}/oauth/callback` })).toEqual(expected);
});

test.each(['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost', 'api-1.internal'])('HOST may be %s', (HOST) => {
  expect(faultsOf({ HOST })).toEqual([]);
});

test('a value in quotation marks is reported as such', () => {
  expect(faultsOf({ OAUTH_CLIENT_SECRET: '"secret-x"', OAUTH_CLIENT_ID: "'id-x'" })).toEqual([
    expect.stringMatching(/^OAUTH_CLIENT_ID must not be in quotation marks/),
    expect.stringMatching(/^OAUTH_CLIENT_SECRET must not be in quotation marks/),
  ]);
  const env = { OAUTH_CLIENT_SECRET: '', OAUTH_CLIENT_SECRET_FILE: secretFile('"secret-x"\n') };
  expect(faultsOf(env)).toEqual([expect.stringContaining('must not be in quotation marks')]);
  expect(faultsOf({ OAUTH_CLIENT_SECRET: 'secret"with\'quotation-marks' })).toEqual([]);
});

test('an env file with a byte order mark is reported by the variable that follows it', () => {
  const file = parseEnv(`\uFEFFWEB_ORIGIN=${VALID_ENV.WEB_ORIGIN}\nOAUTH_CLIENT_ID=client_1`);
  expect(faultsOf({ WEB_ORIGIN: undefined, ...file })).toEqual([
    expect.stringMatching(/^WEB_ORIGIN follows a byte order mark/),
  ]);
});

test('all faults are reported together', () => {
  expect(
    faultsOf({
      WEB_ORIGIN: '*',
      OAUTH_CLIENT_SECRET: 'changeme',
      SESSION_KEYS: '',
      PORT: 'x',
      REDIS_URL: 'x',
    }),
  ).toHaveLength(5);
});

test('.env.example lists every variable once, with the default that the API uses', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const assignments = example.match(/^(?:# )?[A-Z_]+=.*/gm)?.map((line) => line.replace('# ', '')) ?? [];
  const names = assignments.map((line) => line.split('=')[0]);
  expect(new Set(names)).toEqual(new Set(VARIABLES));
  expect(names).toHaveLength(VARIABLES.length);
  const defaults = Object.entries(parseEnv(assignments.join('\n'))).filter(([, value]) => value !== '');
  expect(defaults.length).toBeGreaterThan(5);
  const { RATE_LIMIT_PER_MINUTE: _, LOG_LEVEL: __, ...required } = VALID_ENV;
  expect(JSON.stringify(parseConfig({ ...required, ...Object.fromEntries(defaults) }))).toBe(
    JSON.stringify(parseConfig(required)),
  );
});

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkConfiguration } from './check-configuration.ts';
import type { FindingCode } from './finding.ts';

const SECRET = 'canary-client-secret';
const HEALTHY = {
  WEB_ORIGIN: 'https://app.example.com',
  OAUTH_PROVIDER: 'https://aihubmix.example.org',
  OAUTH_CLIENT_ID: 'client_1',
  OAUTH_CLIENT_SECRET: SECRET,
  SESSION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64url')}`,
  TRUST_PROXY: '10.0.0.1',
};

/** The settings in a file of their own. */
function check(settings: NodeJS.Dict<string>, { mode = 0o600 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, '.env');
  writeFileSync(path, '');
  chmodSync(path, mode);
  return checkConfiguration({ environment: {}, file: { path, variables: settings } });
}

test('a healthy configuration has no findings', () => {
  expect(check(HEALTHY)).toMatchObject({ findings: [], config: { webOrigin: 'https://app.example.com' } });
});

test('the configuration of development has no findings', () => {
  const development = {
    ...HEALTHY,
    WEB_ORIGIN: 'http://localhost:5173',
    OAUTH_PROVIDER: 'http://localhost:4400',
  };
  expect(check({ ...development, TRUST_PROXY: '', WEB_PORT: '5173' }).findings).toEqual([]);
});

test('all malformed values are found at once, and none is quoted: setting_invalid', () => {
  const { findings, config } = check({
    ...HEALTHY,
    WEB_ORIGIN: 'app.example.com',
    SESSION_KEYS: 'canary-key',
    PORT: '',
  });
  expect(config).toBeUndefined();
  expect(findings.map(({ code, problem }) => [code, problem.split(' ')[0]])).toEqual([
    ['setting_invalid', 'WEB_ORIGIN'],
    ['setting_invalid', 'SESSION_KEYS'],
  ]);
  expect(JSON.stringify(findings)).not.toContain('canary');
});

const FAULTS: [fault: string, settings: NodeJS.Dict<string>, code: FindingCode][] = [
  ['a name has a typing error', { OAUTH_CLIENT_SECRETS: SECRET }, 'setting_unknown'],
  [
    'the redirect URI is another page of the web app',
    { OAUTH_REDIRECT_URI: 'https://app.example.com/callback' },
    'redirect_uri_wrong',
  ],
  ['web app and API are two sites', { API_ORIGIN: 'https://api.example.net' }, 'cross_site'],
  ['the proxy in front of the API is not named', { TRUST_PROXY: undefined }, 'trust_proxy_missing'],
  [
    'users are sent to their own machine',
    { OAUTH_PROVIDER: 'http://localhost:4400' },
    'provider_on_this_machine',
  ],
];

test.each(FAULTS.map(([fault, settings, code]) => [`${fault}: ${code}`, settings, code] as const))(
  '%s',
  (_name, settings, code) => {
    const { findings } = check({ ...HEALTHY, ...settings });
    expect(findings.map((each) => each.code)).toEqual([code]);
    expect(JSON.stringify(findings)).not.toContain(SECRET);
  },
);

test('other users can read the file: env_file_readable', () => {
  const { findings } = check(HEALTHY, { mode: 0o644 });
  expect(findings.map(({ code }) => code)).toEqual(['env_file_readable']);
});

test('variables of the environment override those of the file', () => {
  const file = { path: import.meta.filename, variables: { ...HEALTHY, WEB_ORIGIN: 'broken' } };
  const { config } = checkConfiguration({ environment: { WEB_ORIGIN: 'https://other.example.com' }, file });
  expect(config?.webOrigin).toBe('https://other.example.com');
});

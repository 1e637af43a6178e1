import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { developmentSettings, isLocalProvider } from './development-settings.ts';

let file: string;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'secrets-')), '.env');
});

test('the first start writes a file that only its owner can read, and the second start reads it', () => {
  const first = developmentSettings({ file, environment: {} });
  expect(first).toEqual({
    WEB_ORIGIN: 'http://localhost:5173',
    OAUTH_PROVIDER: 'http://localhost:4400',
    OAUTH_CLIENT_ID: expect.stringMatching(/^client_[0-9a-f]{32}$/),
    OAUTH_CLIENT_SECRET: expect.stringMatching(/^secret_[0-9a-f]{64}$/),
    RATE_LIMIT_PER_MINUTE: '6000',
    SESSION_KEYS: expect.stringMatching(/^dev:[\w-]{43}$/),
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(file))).toEqual(['.env']);

  const text = readFileSync(file, 'utf8');
  expect(developmentSettings({ file, environment: {} })).toEqual(first);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('an existing file is never changed, even if settings are missing in it', () => {
  writeFileSync(file, 'LOG_LEVEL=debug\n');
  chmodSync(file, 0o400);
  expect(developmentSettings({ file, environment: {} })).toEqual({ LOG_LEVEL: 'debug' });
  expect(readFileSync(file, 'utf8')).toBe('LOG_LEVEL=debug\n');
});

test('a variable of the environment overrides the file', () => {
  writeFileSync(file, 'LOG_LEVEL=debug\nPORT=3100\n');
  const settings = developmentSettings({ file, environment: { LOG_LEVEL: 'warn', PATH: '/bin' } });
  expect(settings).toEqual({ LOG_LEVEL: 'warn', PORT: '3100', PATH: '/bin' });
});

test('no file is written if the environment names a real provider', () => {
  developmentSettings({ file, environment: { OAUTH_PROVIDER: 'https://provider.example' } });
  expect(existsSync(file)).toBe(false);
});

test.each([
  ['http://localhost:4400', true],
  ['http://127.0.0.1:4400/', true],
  ['http://[::1]:4400', true],
  ['http://localhost.example.com:4400', false],
  ['http://localhost:4401', false],
  ['https://provider.example:4400', false],
  ['not a URL', false],
  [undefined, false],
])('isLocalProvider(%s) is %s', (provider, answer) => {
  expect(isLocalProvider(provider)).toBe(answer);
});

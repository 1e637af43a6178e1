import { onTestFinished } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { createBrowser } from './browser.ts';
import { PROVIDER } from '../doubles/test-provider.ts';

export const WEB_ORIGIN = 'https://app.example.com';
export const CLIENT_SECRET = 'canary-client-secret';

export const VALID_ENV = {
  WEB_ORIGIN,
  OAUTH_PROVIDER: PROVIDER,
  OAUTH_CLIENT_ID: 'client_1',
  OAUTH_CLIENT_SECRET: CLIENT_SECRET,
  SESSION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64url')}`,
  LOG_LEVEL: 'debug',
  // All browsers of a test have the same address.
  RATE_LIMIT_PER_MINUTE: '100000',
};

interface TestApiOptions {
  env?: Record<string, string>;
  timeoutMs?: number;
  maxRequestsInFlight?: number;
  requestTimeoutMs?: number;
  idleTimeoutMs?: number;
}

/** Builds the API with a browser in front of it, and collects its log lines. */
export async function startApi(options: TestApiOptions = {}) {
  const { env, timeoutMs = 2000, maxRequestsInFlight = 256, ...others } = options;
  const config = parseConfig({ ...VALID_ENV, ...env });
  const log: string[] = [];
  const logStream = { write: (line: string) => void log.push(line) };
  const provider = { ...config.provider, timeoutMs, maxRequestsInFlight };
  const app = await buildApp({ ...config, ...others, provider }, logStream);
  onTestFinished(() => app.close());
  const webOrigin = env?.['WEB_ORIGIN'] ?? WEB_ORIGIN;
  const apiOrigin = env?.['API_ORIGIN'] ?? webOrigin;
  return {
    app,
    log,
    /** The values of `event`, in order. */
    events: () => log.flatMap((line) => /"event":"(\w+)"/.exec(line)?.[1] ?? []),
    newBrowser: () => createBrowser({ app, webOrigin, apiOrigin }),
    browser: createBrowser({ app, webOrigin, apiOrigin }),
  };
}

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { isLoopback } from '@oneclick/shared/is-loopback';
import type { Environment } from './environment.ts';

/** The port of the local provider. It cannot be moved, so that `isLocalProvider` can recognise the origin. */
export const LOCAL_PROVIDER_PORT = 4400;

/** Whether the URL of a provider means `apps/local-provider`, as opposed to a real provider. */
export function isLocalProvider(provider: string | undefined): boolean {
  if (provider === undefined || !URL.canParse(provider)) return false;
  const { hostname, port } = new URL(provider);
  return isLoopback(hostname) && port === String(LOCAL_PROVIDER_PORT);
}

/** A complete configuration of the API with a new client and a new key. */
export function newSettings({ webOrigin, provider }: { webOrigin: string; provider: string }): Environment {
  return {
    WEB_ORIGIN: webOrigin,
    OAUTH_PROVIDER: provider,
    OAUTH_CLIENT_ID: `client_${randomBytes(16).toString('hex')}`,
    OAUTH_CLIENT_SECRET: `secret_${randomBytes(32).toString('hex')}`,
    SESSION_KEYS: `dev:${randomBytes(32).toString('base64url')}`,
    // The API sees one address for all browsers, because the web server on this machine forwards their requests.
    RATE_LIMIT_PER_MINUTE: '6000',
  };
}

/**
 * The API's configuration on this machine: the variables of the file, overridden by the environment. The first start
 * writes the file, and no later start changes it. If the environment names a real provider, the file is not written,
 * because that provider would refuse the generated client.
 */
export function developmentSettings(options: { file: string; environment: Environment }): Environment {
  const { file, environment } = options;
  const provider = environment['OAUTH_PROVIDER'] ?? `http://localhost:${LOCAL_PROVIDER_PORT}`;
  if (isLocalProvider(provider) && !existsSync(file)) {
    const settings = newSettings({
      webOrigin: 'http://localhost:5173',
      provider: `http://localhost:${LOCAL_PROVIDER_PORT}`,
    });
    const lines = [
      '# Written by the first start, for this machine only. Git ignores it. Edit it: no later start overwrites it.',
      '# apps/api/README.md describes every setting. A variable of the environment overrides its line in this file.',
      ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    ];
    // `wx` refuses to overwrite a file that another start has written in the meantime.
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return { ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...environment };
}

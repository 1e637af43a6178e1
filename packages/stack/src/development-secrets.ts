import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Environment } from './environment.ts';

/** Where the local provider always is. It has no other place, so that its origin can be recognised. */
export const LOCAL_PROVIDER_PORT = 4400;

/** Whether a provider's URL means the stand-in of this workspace, as opposed to a real provider. */
export function isLocalProvider(provider: string | undefined): boolean {
  if (provider === undefined || !URL.canParse(provider)) return false;
  const { hostname, port } = new URL(provider);
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname) && port === String(LOCAL_PROVIDER_PORT);
}

/** A complete configuration of the API, with a client and a key that nobody has used before. */
export function newSettings({ webOrigin, provider }: { webOrigin: string; provider: string }): Environment {
  return {
    WEB_ORIGIN: webOrigin,
    OAUTH_PROVIDER: provider,
    OAUTH_CLIENT_ID: `client_${randomBytes(16).toString('hex')}`,
    OAUTH_CLIENT_SECRET: `secret_${randomBytes(32).toString('hex')}`,
    SESSION_KEYS: `dev:${randomBytes(32).toString('base64url')}`,
    // Behind the web server on this machine everybody has one address.
    RATE_LIMIT_PER_MINUTE: '6000',
  };
}

/**
 * What the API is configured with on this machine: the file, and over it the environment. The file is made on
 * the first start and never touched again. It is not made when the environment names a real provider, which
 * would refuse the made-up client.
 */
export function developmentSettings({
  file,
  environment,
}: {
  file: string;
  environment: Environment;
}): Environment {
  const wanted = environment['OAUTH_PROVIDER'];
  const isMakingAllowed = wanted === undefined || isLocalProvider(wanted);
  let text = readIfPresent(file);
  if (text === undefined && isMakingAllowed) {
    makeFile(file);
    text = readFileSync(file, 'utf8');
  }
  return { ...parseEnv(text ?? ''), ...environment };
}

function makeFile(file: string): void {
  const settings = newSettings({
    webOrigin: 'http://localhost:5173',
    provider: `http://localhost:${LOCAL_PROVIDER_PORT}`,
  });
  const lines = [
    '# Made on the first start, for this machine only. Not in git. Yours to edit: it is never overwritten.',
    '# Every setting is described in apps/api/README.md; a variable of the environment wins over its line here.',
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
  ];
  // Written aside and linked into place: whoever looks sees no file or all of it, and of two starts at once the
  // second finds the first one's (a rename would replace it).
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

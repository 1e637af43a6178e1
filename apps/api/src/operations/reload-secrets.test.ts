import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATHS } from '@oneclick/shared/paths';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startRotatingProvider } from '../../test/doubles/rotating-provider.ts';
import { createBrowser, SESSION_COOKIE, tokensOf } from '../../test/support/browser.ts';
import { startInstance } from '../../test/support/instance.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { VALID_ENV, WEB_ORIGIN } from '../../test/support/test-api.ts';

const key = (kid: string, byte: number) => `${kid}:${Buffer.alloc(32, byte).toString('base64url')}`;

/** A process whose secrets are in files, and whose user has signed in. */
async function startWithFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [keysFile, secretFile, redisFile] = ['keys', 'secret', 'redis'].map((name) => join(folder, name));
  const write = (keys: string, secret: string) => {
    writeFileSync(String(keysFile), keys);
    writeFileSync(String(secretFile), secret);
  };
  write(key('k1', 1), 'first-canary');
  const provider = await startRotatingProvider();
  onTestFinished(provider.close);
  const { SESSION_KEYS: _, OAUTH_CLIENT_SECRET: __, ...env } = VALID_ENV;
  const instance = await startInstance({
    env: {
      ...env,
      OAUTH_PROVIDER: provider.origin,
      SESSION_KEYS_FILE: String(keysFile),
      OAUTH_CLIENT_SECRET_FILE: String(secretFile),
    },
  });
  onTestFinished(instance.stop);
  const page = createBrowser({ app: instance, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
  await signIn(page, provider);
  const reload = async (event: string) => {
    const count = () => instance.log().split(`"event":"${event}"`).length;
    const before = count();
    instance.kill('SIGHUP');
    await vi.waitFor(() => expect(count()).toBe(before + 1), { timeout: 5000 });
  };
  return { instance, page, provider, write, reload, redisFile };
}

test('SIGHUP replaces the session keys and the client secret, and nobody is signed out', async () => {
  const { instance, page, provider, write, reload } = await startWithFiles();
  const kidOf = async () => {
    const value = (await page.cookie(SESSION_COOKIE))?.value ?? '';
    return String(Buffer.from(value.split('.')[0] ?? '', 'base64url'));
  };
  expect(await kidOf()).toContain('"kid":"k1"');

  write(`${key('k2', 2)},${key('k1', 1)}`, 'second-canary');
  await reload('secrets_reloaded');
  tokensOf(await page.post(PATHS.refreshToken));
  expect(await kidOf()).toContain('"kid":"k2"');
  expect(provider.clientSecrets).toEqual(['first-canary', 'second-canary']);
  expect((await instance.inject({ url: PATHS.jwks })).json()).toMatchObject({ keys: [{}, {}] });

  write(`${key('k3', 3)},k2:canary`, '');
  await reload('secrets_refused');
  expect(instance.log()).toMatch(/"faults":\["OAUTH_CLIENT_SECRET in [^"]*","SESSION_KEYS in [^"]*"\]/);
  tokensOf(await page.post(PATHS.refreshToken));
  expect(provider.clientSecrets.at(-1)).toBe('second-canary');

  expect(instance.log()).not.toContain('canary');
  instance.kill('SIGTERM');
  expect(await instance.exitCode).toBe(0);
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PATHS } from '@oneclick/shared/paths';
import { createBrowser, tokensOf } from './support/browser.ts';
import { startInstance } from './support/instance.ts';
import { startRedisServer } from './doubles/redis-server.ts';
import { startRotatingProvider } from './doubles/rotating-provider.ts';
import { signIn } from './support/sign-in.ts';
import { VALID_ENV, WEB_ORIGIN } from './support/test-api.ts';

/** Starting a process takes long while many tests run. */
const PROCESS_TIMEOUT = { timeout: 20_000 };

const Manifest = v.object({ engines: v.object({ node: v.string() }) });

const start = (env: Record<string, string>) =>
  spawn(process.execPath, [`${import.meta.dirname}/../src/server.ts`], {
    env: { PATH: process.env['PATH'], ...env },
  });

test('an old Node.js ends the process with one sentence that names the version that the API needs', async () => {
  const { engines } = v.parse(
    Manifest,
    JSON.parse(readFileSync(`${import.meta.dirname}/../package.json`, 'utf8')),
  );
  const claim = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });`;
  const old = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(claim)}`,
      `${import.meta.dirname}/../src/main.ts`,
    ],
    { encoding: 'utf8', env: {} },
  );
  expect(old).toMatchObject({
    status: 1,
    stdout: '',
    stderr: 'The API needs Node.js 24 or newer, and this is 20.20.2.\n',
  });
  expect(engines.node).toBe('>=24');
});

test('a faulty configuration ends the process before it listens and prints no value', async () => {
  const server = start({
    ...VALID_ENV,
    WEB_ORIGIN: 'https://canary.example/',
    OAUTH_CLIENT_SECRET: 'your-canary',
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (output += String(text)));
  const [exitCode] = await once(server, 'close');
  expect(exitCode).toBe(1);
  expect(output).toMatch(/2 faults:\n {2}WEB_ORIGIN .*\n {2}OAUTH_CLIENT_SECRET /);
  expect(output).not.toMatch(/canary|listening/);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'the server listens and exits with code 0 on %s',
  async (signal) => {
    const server = start({ ...VALID_ENV, PORT: '0' });
    let output = '';
    const address = await new Promise<string>((resolve) => {
      server.stdout.on('data', (text) => {
        output += String(text);
        const [listening] = /http:\/\/[\d.:]+/.exec(output) ?? [];
        if (listening) resolve(listening);
      });
    });
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${address}/metrics`)).text()).toMatch(/^process_cpu_seconds_total \d/m);
    expect((await fetch(`${address}/nowhere`)).status).toBe(404);
    server.kill(signal);
    const [exitCode] = await once(server, 'close');
    expect(exitCode).toBe(0);
    expect(output).toContain('"code":"not_found"'); // The last lines are still in the buffer when the signal comes.
  },
);

test('after SIGTERM, a refresh in flight finishes and new requests get 503', PROCESS_TIMEOUT, async () => {
  const provider = await startRotatingProvider();
  onTestFinished(provider.close);
  const instance = await startInstance({ env: { ...VALID_ENV, OAUTH_PROVIDER: provider.origin } });
  onTestFinished(instance.stop);
  const page = createBrowser({ app: instance, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
  await signIn(page, provider);
  expect((await page.send({ url: PATHS.readyz })).statusCode).toBe(200);

  const { arrived, release } = provider.delayNext();
  const refreshing = page.post(PATHS.refreshToken);
  await arrived;
  instance.kill('SIGTERM');
  await vi.waitFor(async () => {
    const { statusCode, headers } = await page.send({ url: PATHS.readyz });
    expect(statusCode).toBe(503);
    expect(headers['retry-after']).toBe('5');
  }, PROCESS_TIMEOUT);
  release();
  const tokens = tokensOf(await refreshing);
  expect(provider.isAlive(tokens.access_token)).toBe(true);
  expect(await instance.exitCode).toBe(0);
  expect(instance.log()).toContain('session_refreshed');
});

test(
  'after SIGTERM, a refresh whose client has disconnected finishes and another instance returns its result',
  PROCESS_TIMEOUT,
  async () => {
    const [provider, redis] = await Promise.all([startRotatingProvider(), startRedisServer()]);
    onTestFinished(async () => void (await Promise.all([provider.close(), redis.stop()])));
    const env = { ...VALID_ENV, OAUTH_PROVIDER: provider.origin, REDIS_URL: redis.url };
    const [going, staying] = await Promise.all([startInstance({ env }), startInstance({ env })]);
    onTestFinished(async () => void (await Promise.all([going.stop(), staying.stop()])));
    const page = createBrowser({ app: going, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
    await signIn(page, provider);
    const cookie = await page.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
    const request = {
      method: 'POST' as const,
      url: PATHS.refreshToken,
      headers: { origin: WEB_ORIGIN, 'x-csrf': '1', cookie },
    };

    const { arrived, release } = provider.delayNext();
    const leaving = new AbortController();
    const lost = going.inject(request, leaving.signal);
    await arrived;
    leaving.abort();
    await expect(lost).rejects.toThrow(/abort/i);
    going.kill('SIGTERM');
    await vi.waitFor(async () => {
      expect((await going.inject({ url: PATHS.readyz })).statusCode).toBe(503);
    }, PROCESS_TIMEOUT);
    release();
    expect(await going.exitCode).toBe(0);
    tokensOf(await staying.inject(request));
    expect(provider.refreshRequests).toBe(1);
    expect(provider.grantsEnded).toBe(0);
  },
);

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { expect, onTestFinished, test, vi } from 'vitest';
import { INCLUDE_USERINFO, PATHS } from '@oneclick/shared/paths';
import { createBrowser, tokensOf } from './support/browser.ts';
import { portOf } from './support/port-of.ts';
import { startInstance, type Instance } from './support/instance.ts';
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

async function listenSomewhere(): Promise<Server> {
  const server = createServer().unref().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

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

test.each([
  ['HOST', { HOST: '192.0.2.1' }],
  ['PORT', { PORT: String(portOf(await listenSomewhere())) }],
])('a %s on which the process cannot listen is named', async (name, env) => {
  const server = start({ ...VALID_ENV, LOG_LEVEL: 'silent', ...env });
  const [output, [exitCode]] = await Promise.all([readText(server.stderr), once(server, 'close')]);
  expect(exitCode).toBe(1);
  expect(output).toMatch(new RegExp(`1 fault:\n {2}${name} `));
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
  'after SIGTERM, a sign-in in flight finishes both of its requests to the provider',
  PROCESS_TIMEOUT,
  async () => {
    const provider = await startRotatingProvider();
    onTestFinished(provider.close);
    const instance = await startInstance({ env: { ...VALID_ENV, OAUTH_PROVIDER: provider.origin } });
    onTestFinished(instance.stop);
    const page = createBrowser({ app: instance, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
    const { authorizationUrl, state } = await page.start();

    const { arrived, release } = provider.delayNext();
    const exchanging = page.post(
      `${PATHS.exchangeToken}?${new URLSearchParams(INCLUDE_USERINFO).toString()}`,
      {
        code: provider.authorize(authorizationUrl),
        state,
      },
    );
    await arrived;
    instance.kill('SIGTERM');
    await vi.waitFor(async () => {
      expect((await page.send({ url: PATHS.readyz })).statusCode).toBe(503);
    }, PROCESS_TIMEOUT);
    await pause(1500); // A shutdown that waits for no request would be over.
    release();
    // The second request starts now: it needs the token of the first one.
    expect(tokensOf(await exchanging)).toMatchObject({ userinfo: { id: 1, username: 'user1' } });
    expect(await instance.exitCode).toBe(0);
  },
);

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
    const refresh = {
      method: 'POST' as const,
      url: PATHS.refreshToken,
      headers: { origin: WEB_ORIGIN, 'x-csrf': '1', cookie },
    };

    const { arrived, release } = provider.delayNext();
    const leaving = new AbortController();
    const lost = going.inject(refresh, leaving.signal);
    await arrived;
    leaving.abort();
    await expect(lost).rejects.toThrow(/abort/i);
    going.kill('SIGTERM');
    await vi.waitFor(async () => {
      expect((await going.inject({ url: PATHS.readyz })).statusCode).toBe(503);
    }, PROCESS_TIMEOUT);
    release();
    expect(await going.exitCode).toBe(0);
    tokensOf(await staying.inject(refresh));
    expect(provider.refreshRequests).toBe(1);
    expect(provider.grantsEnded).toBe(0);
  },
);

/** Asks for more bytes than fit into the socket buffers of both sides, and reads none. */
async function openStalledConnection(instance: Instance): Promise<void> {
  const socket = connect(Number(new URL(instance.origin).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined); // The API resets the connection in the end.
  socket.pause();
  socket.write(`GET ${PATHS.docs}/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(30));
  await once(socket, 'readable');
}

test(
  'after SIGTERM, a client that reads no answer costs no refresh, and delays the end until the time is over',
  PROCESS_TIMEOUT,
  async () => {
    const provider = await startRotatingProvider();
    onTestFinished(provider.close);
    const env = { ...VALID_ENV, OAUTH_PROVIDER: provider.origin };
    const instance = await startInstance({ env, script: 'test/support/impatient-server.ts' });
    onTestFinished(instance.stop);
    const page = createBrowser({ app: instance, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
    await signIn(page, provider);
    await openStalledConnection(instance);

    const { arrived, release } = provider.delayNext();
    const refreshing = page.post(PATHS.refreshToken);
    await arrived;
    instance.kill('SIGTERM');
    await vi.waitFor(async () => {
      expect((await page.send({ url: PATHS.readyz })).statusCode).toBe(503);
    }, PROCESS_TIMEOUT);
    release();
    expect(provider.isAlive(tokensOf(await refreshing).access_token)).toBe(true);
    expect(await instance.exitCode).toBe(0);
    expect(instance.log()).toMatch(/"requests":\d+,"refreshes":0/);
    expect(instance.log()).not.toContain('AVV_ERR');
  },
);

test(
  'after SIGTERM, a request that waits for the lock of a dead instance is answered',
  PROCESS_TIMEOUT,
  async () => {
    const [provider, redis] = await Promise.all([startRotatingProvider(), startRedisServer()]);
    onTestFinished(async () => void (await Promise.all([provider.close(), redis.stop()])));
    const env = { ...VALID_ENV, OAUTH_PROVIDER: provider.origin, REDIS_URL: redis.url };
    const script = 'test/support/impatient-server.ts';
    const [dead, going] = await Promise.all([startInstance({ env, script }), startInstance({ env, script })]);
    onTestFinished(async () => void (await Promise.all([dead.stop(), going.stop()])));
    const page = createBrowser({ app: going, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
    await signIn(page, provider);
    const headers = { origin: WEB_ORIGIN, 'x-csrf': '1', cookie: await page.sessionCookie() };

    const { arrived, disconnected, release } = provider.delayNext();
    const lost = dead.inject({ method: 'POST', url: PATHS.refreshToken, headers });
    await arrived;
    dead.kill('SIGKILL');
    await expect(lost).rejects.toThrow('fetch failed');
    await disconnected;
    release();
    const waiting = page.post(PATHS.refreshToken);
    await pause(100); // The request arrives before the signal.
    going.kill('SIGTERM');
    expect(provider.isAlive(tokensOf(await waiting).access_token)).toBe(true);
    expect(await going.exitCode).toBe(0);
  },
);

test('after SIGTERM, no request of many clients is reset', PROCESS_TIMEOUT, async () => {
  const provider = await startRotatingProvider();
  onTestFinished(provider.close);
  const instance = await startInstance({ env: { ...VALID_ENV, OAUTH_PROVIDER: provider.origin } });
  onTestFinished(instance.stop);
  const page = createBrowser({ app: instance, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
  await signIn(page, provider);
  const { arrived, release } = provider.delayNext();
  const refreshing = page.post(PATHS.refreshToken);
  await arrived;

  const outcomes = new Set<string>();
  const clients = Array.from({ length: 40 }, async () => {
    for (let outcome = ''; outcome !== 'ECONNREFUSED';) {
      outcome = await requestOnce(instance.origin);
      outcomes.add(outcome);
    }
  });
  instance.kill('SIGTERM');
  await vi.waitFor(() => expect(outcomes).toContain('503'), PROCESS_TIMEOUT);
  release();
  tokensOf(await refreshing);
  await Promise.all(clients);
  expect([...outcomes].filter((outcome) => outcome !== '401').toSorted()).toEqual(['503', 'ECONNREFUSED']);
  expect(await instance.exitCode).toBe(0);
});

/** @returns the status of the answer to a request over a connection of its own, or the code of the error */
function requestOnce(origin: string): Promise<string> {
  const headers = { origin: WEB_ORIGIN, 'x-csrf': '1', 'content-type': 'application/json' };
  return new Promise((resolve) => {
    request(origin + PATHS.session, { method: 'POST', agent: false, headers })
      .on('response', (answer) =>
        answer
          .resume()
          .on('close', () => resolve(answer.complete ? String(answer.statusCode) : 'incomplete')),
      )
      .on('error', ({ code }: NodeJS.ErrnoException) => resolve(String(code)))
      .end('{}');
  });
}

import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ErrorResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import { installedWebServers } from '@oneclick/stack/web-servers';
import * as v from 'valibot';
import { expect, onTestFinished, test, vi } from 'vitest';
import { useNginx } from './doubles/nginx.ts';
import { startRedisServer } from './doubles/redis-server.ts';
import { startRotatingProvider } from './doubles/rotating-provider.ts';
import { createBrowser, errorOf, tokensOf, type ApiResponse } from './support/browser.ts';
import { freePorts } from './support/free-port.ts';
import { sendTo, startInstance, type Script } from './support/instance.ts';
import { signIn } from './support/sign-in.ts';
import { VALID_ENV, WEB_ORIGIN } from './support/test-api.ts';

/*
 * Two processes of the API behind nginx, with one Redis and a provider that ends the grant when a refresh token is used
 * twice. nginx runs with the files of apps/api/deploy.
 */

vi.setConfig({ testTimeout: 60_000 }); // Each test starts up to six processes.

const DEPLOY = join(import.meta.dirname, '../deploy');

const key = (name: string, byte: number) => `${name}:${Buffer.alloc(32, byte).toString('base64url')}`;
const [OLD, NEW] = [key('k1', 1), key('k2', 2)];

async function startTwoInstances(env: Record<string, string> = {}, script?: Script) {
  const [provider, redis, ports] = await Promise.all([
    startRotatingProvider(),
    startRedisServer(),
    freePorts(2),
  ]);
  onTestFinished(async () => void (await Promise.all([provider.close(), redis.stop()])));

  const start = async (port: number, SESSION_KEYS: string) => {
    const instance = await startInstance({
      env: {
        ...VALID_ENV,
        PORT: String(port),
        OAUTH_PROVIDER: provider.origin,
        REDIS_URL: redis.url,
        TRUST_PROXY: '127.0.0.1',
        DRAIN_SECONDS: '1',
        SESSION_KEYS,
        ...env,
      },
      ...(script && { script }),
    });
    onTestFinished(() => instance.stop());
    return instance;
  };
  const instances = await Promise.all(ports.map((port) => start(port, `${OLD},${NEW}`)));
  const nginxPort = await useNginx((site) => writeSite(site, ports));

  /** The errors that nginx has answered. */
  const refusals: {
    path: string;
    status: number;
    code: string;
    isRetryable: boolean;
    retryAfter: unknown;
  }[] = [];
  async function inject(request: Parameters<typeof sendTo>[1]): Promise<ApiResponse> {
    const response = await sendTo(`http://127.0.0.1:${nginxPort}`, request);
    if (response.statusCode !== 200) {
      const { error, retryable } = v.parse(ErrorResponse, response.json());
      refusals.push({
        path: request.url,
        status: response.statusCode,
        code: error,
        isRetryable: retryable,
        retryAfter: response.headers['retry-after'],
      });
    }
    return response;
  }
  const openPage = (app: { inject: typeof inject }) =>
    createBrowser({ app, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
  return {
    provider,
    instances,
    refusals,
    openPage: () => openPage({ inject }),
    openRepeatingPage: () => openPage({ inject: (request) => repeatAsTheWebAppDoes(() => inject(request)) }),
    /** Sends SIGTERM to the instance, waits for its end, and starts another one at its port. */
    async replace(index: number, sessionKeys: string): Promise<void> {
      const [instance, port] = [instances[index], ports[index]];
      if (!instance || port === undefined) throw new Error('there are two instances');
      instance.kill('SIGTERM');
      expect(await instance.exitCode).toBe(0);
      instances[index] = await start(port, sessionKeys);
    },
  };
}

/**
 * Sends a request again as long as its answer asks for it, three times at most. One reason is the lock of a killed instance: it
 * lives as long as another instance waits for it. Another one is a connection that nginx opened when an instance stopped
 * listening: the kernel resets it after nginx has sent the request.
 */
async function repeatAsTheWebAppDoes(send: () => Promise<ApiResponse>, repeats = 3): Promise<ApiResponse> {
  const response = await send();
  if (response.statusCode === 200 || repeats === 0) return response;
  const { retryable } = v.parse(ErrorResponse, response.json());
  if (!retryable) return response;
  await delay(1000 * Number(response.headers['retry-after'] ?? 1));
  return repeatAsTheWebAppDoes(send, repeats - 1);
}

/** Sets what an operator sets: the host, and the instances with a shorter time to shut down. */
function writeSite({ folder, port }: { folder: string; port: number }, instances: number[]): string {
  const api = join(folder, 'oneclick/api');
  mkdirSync(api, { recursive: true });
  for (const file of globSync(`${DEPLOY}/*.conf`)) cpSync(file, join(api, basename(file)));
  writeFileSync(join(api, 'nginx-site.conf'), `listen 127.0.0.1:${port}; access_log off;`);
  const servers = instances.map((instance) => `server 127.0.0.1:${instance} max_fails=0;`);
  const upstream = readFileSync(join(DEPLOY, 'nginx-upstream.conf'), 'utf8')
    .replace('server 127.0.0.1:3000 max_fails=0;', servers.join(' '))
    .replace('keepalive_timeout 4s', 'keepalive_timeout 500ms');
  writeFileSync(join(api, 'nginx-upstream.conf'), upstream);
  return 'include oneclick/api/nginx.conf;';
}

test.skipIf(!installedWebServers.nginx)(
  'an instance that is killed behind nginx signs no one out, and its requests are answered with an error that the page knows',
  async () => {
    // The lock of the instance that is killed lives for four seconds.
    const { provider, instances, refusals, openPage } = await startTwoInstances(
      { PROVIDER_TIMEOUT_MS: '2000' },
      'test/support/impatient-server.ts',
    );
    const signedIn = [openPage(), openPage()];
    for (const page of signedIn) await signIn(page, provider);
    const arriving = [openPage(), openPage()];
    const bodies = await Promise.all(
      arriving.map(async (page) => {
        const { authorizationUrl, state } = await page.start();
        return { code: provider.authorize(authorizationUrl), state };
      }),
    );

    // nginx takes the instances in turn: each of them gets a refresh and an exchange, and waits for the provider.
    const releases: (() => void)[] = [];
    const responses: Promise<ApiResponse>[] = [];
    let disconnections = 0;
    async function hold(...requests: (() => Promise<ApiResponse>)[]): Promise<void> {
      const delays = requests.map(() => provider.delayNext());
      releases.push(...delays.map(({ release }) => release));
      for (const { disconnected } of delays) void disconnected.then(() => (disconnections += 1));
      responses.push(...requests.map((send) => send()));
      await Promise.all(delays.map(({ arrived }) => arrived));
    }
    await hold(...signedIn.map((page) => () => page.post(PATHS.refreshToken)));
    await hold(...arriving.map((page, i) => () => page.post(PATHS.exchangeToken, bodies[i])));
    instances[0]?.kill('SIGKILL');
    await instances[0]?.exitCode;
    await expect.poll(() => refusals.length).toBe(2);
    // Otherwise the provider would rotate tokens that no one receives.
    await expect.poll(() => disconnections).toBe(2);
    for (const release of releases) release();
    const statuses = (await Promise.all(responses)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
    const away = { status: 503, code: 'shutting_down', retryAfter: '2' };
    expect(refusals).toEqual(
      expect.arrayContaining([
        { ...away, path: PATHS.refreshToken, isRetryable: true },
        // The provider may have received the code.
        { ...away, path: PATHS.exchangeToken, isRetryable: false },
      ]),
    );

    // Both users are still signed in, and both visitors can sign in, although nginx knows an instance that is away.
    for (const page of signedIn) {
      const response = await repeatAsTheWebAppDoes(() => page.post(PATHS.refreshToken));
      expect(response.statusCode === 200 ? 'refreshed' : errorOf(response)).toBe('refreshed');
      expect(provider.isAlive(tokensOf(response).access_token)).toBe(true);
    }
    for (const page of arriving) await signIn(page, provider);
    const notRepeated = refusals.filter(({ isRetryable }) => !isRetryable);
    expect(notRepeated.map(({ path }) => path)).toEqual([PATHS.exchangeToken]);
    expect(provider.grantsEnded).toBe(0);
  },
);

test.skipIf(!installedWebServers.nginx)(
  'a rolling deploy behind nginx that changes the key answers every request or asks to repeat it, and signs no one out',
  async () => {
    const { provider, refusals, openRepeatingPage, replace } = await startTwoInstances();
    const pages = Array.from({ length: 3 }, openRepeatingPage);
    const sessions = new Map<unknown, string>();
    for (const page of pages) sessions.set(page, (await signIn(page, provider)).session_id);

    const deploy = new AbortController();
    const refreshing = pages.map(async (page) => {
      while (!deploy.signal.aborted) {
        await page.post(PATHS.refreshToken);
        await delay(100); // Leaves processor time to the instance that starts.
      }
    });
    const signingIn = (async () => {
      while (!deploy.signal.aborted) {
        await signIn(openRepeatingPage(), provider);
        await delay(100);
      }
    })();
    const deploying = (async () => {
      for (const index of [0, 1]) await replace(index, `${NEW},${OLD}`);
    })().finally(() => deploy.abort());
    await Promise.all([...refreshing, signingIn, deploying]);

    expect(refusals.filter(({ isRetryable }) => !isRetryable)).toEqual([]);
    for (const page of pages) {
      expect(tokensOf(await page.post(PATHS.refreshToken)).session_id).toBe(sessions.get(page));
    }
    expect(provider.grantsEnded).toBe(0);
  },
);

import { afterAll, beforeAll, onTestFinished, vi } from 'vitest';
import { createBrowser, SESSION_COOKIE, type ApiResponse } from './browser.ts';
import { startInstance, type Instance, type Script } from './instance.ts';
import type { RedisServer } from '../doubles/redis-server.ts';
import { startRotatingProvider, type RotatingProvider } from '../doubles/rotating-provider.ts';
import { VALID_ENV, WEB_ORIGIN } from './test-api.ts';

/** Three processes of the API with one Redis and a strict provider: a second use of a refresh token ends the grant. */
export function useFleet<Server extends Pick<RedisServer, 'url' | 'stop'>>(
  startRedis: () => Promise<Server>,
) {
  vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 }); // Starting processes takes long on a busy machine.
  let provider: RotatingProvider | undefined;
  let redis: Server | undefined;
  let instances: Instance[] = [];

  const startOne = (env: Record<string, string> = {}, script?: Script) =>
    startInstance({
      env: {
        ...VALID_ENV,
        OAUTH_PROVIDER: fleet.provider.origin,
        OAUTH_REVOCATION_ENDPOINT: `${fleet.provider.origin}/revoke`,
        REDIS_URL: fleet.redis.url,
        ...env,
      },
      ...(script && { script }),
    });

  beforeAll(async () => {
    [provider, redis] = await Promise.all([startRotatingProvider(), startRedis()]);
    instances = await Promise.all([1, 2, 3].map(() => startOne()));
  });
  afterAll(async () => {
    await Promise.all(instances.map(({ stop }) => stop()));
    await Promise.all([provider?.close(), redis?.stop()]);
  });

  const fleet = {
    get provider(): RotatingProvider {
      return required(provider);
    },
    get redis(): Server {
      return required(redis);
    },
    /** The instance at this index, modulo the number of instances. */
    at: (index: number) => required(instances[index % instances.length]),
    all: () => instances,

    /** Starts another instance. It stops at the end of the test. */
    async start(env?: Record<string, string>, script?: Script): Promise<Instance> {
      const instance = await startOne(env, script);
      onTestFinished(() => instance.stop());
      return instance;
    },

    /** A page behind a load balancer that picks the instances in turn. */
    openPage(behind: () => Instance[] = () => instances) {
      let turn = 0;
      const balancer: Pick<Instance, 'inject'> = {
        inject: (request) => required(behind()[turn++ % behind().length]).inject(request),
      };
      return createBrowser({ app: balancer, webOrigin: WEB_ORIGIN, apiOrigin: WEB_ORIGIN });
    },

    async countRefreshes<T>(during: () => Promise<T>): Promise<[result: T, refreshes: number]> {
      const before = fleet.provider.refreshRequests;
      const result = await during();
      return [result, fleet.provider.refreshRequests - before];
    },
  };
  return fleet;
}

interface SendOptions {
  body?: object;
  signal?: AbortSignal;
}

/** Sends a request with a copied cookie to one instance. */
export function send(instance: Instance, url: string, cookie: string, { body, signal }: SendOptions = {}) {
  const headers = { origin: WEB_ORIGIN, 'x-csrf': '1', cookie };
  return instance.inject({ method: 'POST', url, headers, ...(body && { body }) }, signal);
}

/** `name=value` of the session cookie that an answer sets. */
export function cookieIn({ headers }: ApiResponse): string {
  const cookies = [headers['set-cookie'] ?? []].flat();
  return cookies.find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`))?.split(';')[0] ?? '';
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the fleet has not started');
  return value;
}

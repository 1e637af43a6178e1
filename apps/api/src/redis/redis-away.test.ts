import { PATHS } from '@oneclick/shared/paths';
import { expect, onTestFinished, test, vi } from 'vitest';
import { errorOf, tokensOf } from '../../test/support/browser.ts';
import { cookieIn, send, useFleet } from '../../test/support/fleet.ts';
import type { Instance } from '../../test/support/instance.ts';
import { startRedisServer } from '../../test/doubles/redis-server.ts';
import { signIn } from '../../test/support/sign-in.ts';

/* Three processes while Redis, or one of the processes, stops and restarts. */

const fleet = useFleet(startRedisServer);

const isReady = async (instance: Instance) =>
  (await instance.inject({ url: PATHS.readyz })).statusCode === 200;
const untilAllAre = (ready: boolean) =>
  vi.waitFor(
    async () => {
      const states = await Promise.all(fleet.all().map(isReady));
      expect(states).toEqual(states.map(() => ready));
    },
    { timeout: 10_000, interval: 50 },
  );
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Stops Redis until `bringBack` is called or the test ends. */
async function stopRedis(how: 'kill' | 'freeze') {
  let isAway = true;
  await fleet.redis[how]();
  const bringBack = async () => {
    if (!isAway) return;
    isAway = false;
    await (how === 'kill' ? fleet.redis.restart() : fleet.redis.thaw());
    await untilAllAre(true);
  };
  onTestFinished(bringBack, 15_000);
  return bringBack;
}

test('an instance that is killed during a refresh delays the others no longer than its lock lives', async () => {
  const page = fleet.openPage();
  await signIn(page, fleet.provider);
  const cookie = await page.sessionCookie();
  const doomed = await fleet.start({}, 'test/support/impatient-server.ts');
  const { arrived, disconnected, release } = fleet.provider.delayNext();
  const lost = send(doomed, PATHS.refreshToken, cookie).catch(() => 'lost');
  await arrived;
  doomed.kill('SIGKILL');
  expect(await lost).toBe('lost');
  await disconnected;
  release();
  const [responses, refreshes] = await fleet.countRefreshes(() =>
    Promise.all(fleet.all().map((instance) => send(instance, PATHS.refreshToken, cookie))),
  );
  expect(refreshes).toBe(1);
  expect(new Set(responses.map((response) => tokensOf(response).access_token)).size).toBe(1);
  expect(fleet.provider.grantsEnded).toBe(0);
});

test('if Redis is killed during a refresh, no other instance uses the refresh token and no one is signed out', async () => {
  const page = fleet.openPage();
  await signIn(page, fleet.provider);
  const cookie = await page.sessionCookie();
  const { arrived, release } = fleet.provider.delayNext();
  const first = send(fleet.at(0), PATHS.refreshToken, cookie);
  await arrived;
  const others = Array.from({ length: 19 }, (_, i) => send(fleet.at(i), PATHS.refreshToken, cookie));
  await pause(500); // By now all have seen the lock.
  const [responses, refreshes] = await fleet.countRefreshes(async () => {
    await stopRedis('kill');
    const early = await Promise.all(others.filter((_, i) => i % 3 !== 0));
    release();
    return [await first, ...(await Promise.all(others)), ...early];
  });
  expect(refreshes).toBe(1);
  for (const response of responses) {
    if (response.statusCode === 200) continue;
    expect(errorOf(response)).toBe('503 refresh_in_progress');
    expect(response.headers['retry-after']).toBe('1');
    expect(response.headers['set-cookie']).toBeUndefined();
  }
  expect(responses.filter(({ statusCode }) => statusCode === 200).length).toBeGreaterThanOrEqual(7);
  // The refreshed cookie works on every instance, with or without Redis.
  for (const instance of fleet.all()) tokensOf(await send(instance, PATHS.session, cookieIn(await first)));
  expect(fleet.provider.grantsEnded).toBe(0);
});

test.each(['kill', 'freeze'] as const)(
  'without Redis (%s), sign-in, refresh and sign-out work',
  async (how) => {
    const before = fleet.openPage();
    await signIn(before, fleet.provider);
    await stopRedis(how);
    const page = fleet.openPage();
    await signIn(page, fleet.provider);
    for (let i = 0; i < 3; i += 1) {
      tokensOf(await page.post(PATHS.refreshToken));
      tokensOf(await page.post(PATHS.session));
    }
    tokensOf(await before.post(PATHS.refreshToken));
    expect((await page.post(PATHS.logout)).statusCode).toBe(204);
    await untilAllAre(false);
    expect(fleet.provider.grantsEnded).toBe(0);
  },
);

test('a Redis that restarts receives the refreshes and sign-outs that it missed', async () => {
  const [page, leaver] = [fleet.openPage(), fleet.openPage()];
  await signIn(page, fleet.provider);
  await signIn(leaver, fleet.provider);
  const [old, left] = [await page.sessionCookie(), await leaver.sessionCookie()];

  const bringBack = await stopRedis('kill');
  const refreshed = tokensOf(await send(fleet.at(0), PATHS.refreshToken, old));
  expect((await send(fleet.at(0), PATHS.logout, left)).statusCode).toBe(204);
  await bringBack();

  // Redis has restarted empty.
  const [responses, refreshes] = await fleet.countRefreshes(() =>
    Promise.all(fleet.all().map((instance) => send(instance, PATHS.refreshToken, old))),
  );
  expect(refreshes).toBe(0);
  for (const response of responses) expect(tokensOf(response).access_token).toBe(refreshed.access_token);
  for (const instance of fleet.all()) {
    expect(errorOf(await send(instance, PATHS.refreshToken, left))).toBe('401 session_invalid');
  }
  expect(fleet.provider.grantsEnded).toBe(0);
});

const redisEvents = () =>
  fleet
    .all()
    .map(({ log }) => [...log().matchAll(/"event":"redis_(un)?reachable"/g)].map(([event]) => event));

test('each instance logs the loss of Redis once and its return once', async () => {
  // A log line may arrive after the answer.
  await vi.waitFor(() => {
    for (const events of redisEvents()) expect(events.at(-1)).toBe('"event":"redis_reachable"');
  });
  const before = redisEvents();
  const bringBack = await stopRedis('kill');
  await untilAllAre(false);
  await pause(500);
  await bringBack();
  await vi.waitFor(() => {
    for (const [i, events] of redisEvents().entries()) {
      expect(events.slice(before[i]?.length)).toEqual([
        '"event":"redis_unreachable"',
        '"event":"redis_reachable"',
      ]);
    }
  });
});

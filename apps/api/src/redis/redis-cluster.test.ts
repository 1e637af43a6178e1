import { PATHS } from '@oneclick/shared/paths';
import { expect, test } from 'vitest';
import { errorOf, tokensOf } from '../../test/support/browser.ts';
import { startRedisCluster } from '../../test/doubles/redis-cluster.ts';
import { cookieIn, send, useFleet } from '../../test/support/fleet.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { LIMIT } from '../../test/support/rate-limited-client.ts';
import { WEB_ORIGIN } from '../../test/support/test-api.ts';

/* Three processes of the API and a Redis cluster of three shards. */

const fleet = useFleet(startRedisCluster);

test('every instance finds the cluster behind the address of one shard, and is ready', async () => {
  for (const instance of fleet.all()) {
    expect((await instance.inject({ url: PATHS.readyz })).json()).toEqual({
      status: 'ok',
      redis: 'reachable',
    });
    expect(instance.log()).not.toMatch(/"level":[45]0/);
  }
});

test('thirty users with three concurrent refreshes each cause one refresh per user, and no one is signed out', async () => {
  const pages = Array.from({ length: 30 }, () => fleet.openPage());
  for (const page of pages) await signIn(page, fleet.provider);
  const [results, refreshes] = await fleet.countRefreshes(() =>
    Promise.all(
      pages.map(async (page) => {
        const cookie = await page.sessionCookie();
        return Promise.all(fleet.all().map((instance) => send(instance, PATHS.refreshToken, cookie)));
      }),
    ),
  );
  expect(refreshes).toBe(30);
  for (const responses of results) {
    expect(new Set(responses.map((response) => tokensOf(response).access_token)).size).toBe(1);
    // A record of the refresh serves the cookie of each answer.
    for (const response of responses) tokensOf(await send(fleet.at(1), PATHS.session, cookieIn(response)));
  }
  expect(fleet.provider.grantsEnded).toBe(0);
});

test('a sign-out applies to every instance', async () => {
  const page = fleet.openPage();
  await signIn(page, fleet.provider);
  const cookie = await page.sessionCookie();
  await page.post(PATHS.logout);
  for (const instance of fleet.all()) {
    for (const path of [PATHS.session, PATHS.refreshToken]) {
      expect(errorOf(await send(instance, path, cookie))).toBe('401 session_invalid');
    }
  }
});

test('a code is exchanged once over all instances', async () => {
  const page = fleet.openPage();
  const { authorizationUrl, state } = await page.start();
  const cookie = await page.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
  const body = { code: fleet.provider.authorize(authorizationUrl), state };
  const before = fleet.provider.codeRequests;
  const responses = await Promise.all(
    fleet.all().map((instance) => send(instance, PATHS.exchangeToken, cookie, { body })),
  );
  expect(new Set(responses.map((response) => tokensOf(response).session_id)).size).toBe(1);
  expect(fleet.provider.codeRequests - before).toBe(1);
});

test('the instances share the counts of the rate limits', async () => {
  const [a, b] = [await fleet.start(LIMIT), await fleet.start(LIMIT)];
  const statuses = [];
  for (const instance of [a, b, a, b]) {
    statuses.push((await instance.inject({ url: PATHS.openapi })).statusCode);
  }
  expect(statuses).toEqual([200, 200, 200, 429]);
});

test('all keys of one session are on one shard, and the keys of many sessions are on all of them', async () => {
  const keys = await fleet.redis.onEachShard((shard) => shard.keys('*'));
  const tags = keys.map((onShard) => new Set(onShard.flatMap((key) => /\{(.+?)\}/.exec(key)?.[1] ?? [])));
  expect(tags.every(({ size }) => size > 0)).toBe(true);
  const all = tags.flatMap((onShard) => [...onShard]);
  expect(new Set(all).size).toBe(all.length);
});

import { PATHS } from '@oneclick/shared/paths';
import { hkdfSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { errorOf, tokensOf } from '../../test/support/browser.ts';
import { cookieIn, send, useFleet } from '../../test/support/fleet.ts';
import { startRedisServer } from '../../test/doubles/redis-server.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { WEB_ORIGIN } from '../../test/support/test-api.ts';

/* Three processes, one Redis, and a provider over real HTTP that ends the grant when a refresh token is used twice. */

const key = (name: string, byte: number) => `${name}:${Buffer.alloc(32, byte).toString('base64url')}`;

const fleet = useFleet(startRedisServer);

describe('one refresh for all', () => {
  test('thirty concurrent refreshes over three instances cause one request to the provider and get its result', async () => {
    const page = fleet.openPage();
    await signIn(page, fleet.provider);
    const cookie = await page.sessionCookie();
    const [responses, refreshes] = await fleet.countRefreshes(() =>
      Promise.all(Array.from({ length: 30 }, (_, i) => send(fleet.at(i), PATHS.refreshToken, cookie))),
    );
    expect(refreshes).toBe(1);
    const tokens = responses.map((response) => tokensOf(response));
    expect(new Set(tokens.map(({ access_token }) => access_token)).size).toBe(1);
    expect(fleet.provider.isAlive(tokens[0]?.access_token ?? '')).toBe(true);

    // Each of the thirty cookies is accepted by each instance.
    const [, more] = await fleet.countRefreshes(async () => {
      for (const [i, response] of responses.entries()) {
        const { access_token } = tokensOf(await send(fleet.at(i + 1), PATHS.session, cookieIn(response)));
        expect(access_token).toBe(tokens[0]?.access_token);
      }
    });
    expect(more).toBe(0);
    expect(fleet.provider.grantsEnded).toBe(0);
  });

  test('of the requests that share a refresh over three instances, those that ask for the account get it', async () => {
    const page = fleet.openPage();
    fleet.provider.accessTokenSeconds = 1;
    await signIn(page, fleet.provider);
    fleet.provider.accessTokenSeconds = 7200;
    await delay(1100); // Until the first access token is due for a refresh.
    const cookie = await page.sessionCookie();
    const paths = [PATHS.session, `${PATHS.session}?include=userinfo`];
    const [responses, refreshes] = await fleet.countRefreshes(() =>
      Promise.all(Array.from({ length: 12 }, (_, i) => send(fleet.at(i), paths[i % 2] ?? '', cookie))),
    );
    expect(refreshes).toBe(1);
    const tokens = responses.map((response) => tokensOf(response));
    expect(new Set(tokens.map(({ access_token }) => access_token)).size).toBe(1);
    const user = { id: 1, username: 'user1' };
    expect(tokens.map(({ userinfo }) => userinfo)).toEqual(tokens.map((_, i) => (i % 2 ? user : undefined)));
  });

  test('after a lost answer, another instance returns the result of the refresh and its cookie', async () => {
    const page = fleet.openPage();
    await signIn(page, fleet.provider);
    const cookie = await page.sessionCookie();
    const [responses, refreshes] = await fleet.countRefreshes(async () => {
      const { arrived, release } = fleet.provider.delayNext();
      const leaving = new AbortController();
      const lost = send(fleet.at(0), PATHS.refreshToken, cookie, { signal: leaving.signal });
      await arrived;
      leaving.abort();
      await expect(lost).rejects.toThrow(/abort/i);
      release();
      return [
        await send(fleet.at(1), PATHS.refreshToken, cookie),
        await send(fleet.at(2), PATHS.session, cookie),
      ];
    });
    expect(refreshes).toBe(1);
    for (const response of responses) {
      expect(fleet.provider.isAlive(tokensOf(response).access_token)).toBe(true);
      expect(cookieIn(response)).toMatch(/=ey/);
    }
    expect(new Set(responses.map((response) => tokensOf(response).access_token)).size).toBe(1);
  });

  test('a cookie from two refreshes ago gets the latest tokens from every instance', async () => {
    const page = fleet.openPage();
    await signIn(page, fleet.provider);
    const oldest = await page.sessionCookie();
    await page.post(PATHS.refreshToken);
    const latest = tokensOf(await page.post(PATHS.refreshToken));
    const [responses, refreshes] = await fleet.countRefreshes(() =>
      Promise.all(fleet.all().map((instance) => send(instance, PATHS.refreshToken, oldest))),
    );
    expect(refreshes).toBe(0);
    for (const response of responses) {
      expect(tokensOf(response).access_token).toBe(latest.access_token);
      expect(cookieIn(response)).toMatch(/=ey/);
    }
  });

  test('nine concurrent refreshes over three instances share one invalid_grant', async () => {
    const page = fleet.openPage();
    await signIn(page, fleet.provider);
    const cookie = await page.sessionCookie();
    await useUp(cookie);
    const [responses, refreshes] = await fleet.countRefreshes(() =>
      Promise.all(Array.from({ length: 9 }, (_, i) => send(fleet.at(i), PATHS.refreshToken, cookie))),
    );
    expect(refreshes).toBe(1);
    expect(new Set(responses.map(errorOf))).toEqual(new Set(['401 session_expired']));
  });
});

/** Uses the refresh token on an instance that the others do not know. */
async function useUp(cookie: string): Promise<void> {
  const alone = await fleet.start({ REDIS_URL: '' });
  tokensOf(await send(alone, PATHS.refreshToken, cookie));
}

describe('sign-out', () => {
  test('a refresh in flight on another instance does not undo a sign-out', async () => {
    const page = fleet.openPage();
    await signIn(page, fleet.provider);
    const cookie = await page.sessionCookie();
    const { arrived, release } = fleet.provider.delayNext();
    const refreshing = send(fleet.at(0), PATHS.refreshToken, cookie);
    await arrived;
    expect((await send(fleet.at(1), PATHS.logout, cookie)).statusCode).toBe(204);
    release();
    const response = await refreshing;
    expect(errorOf(response)).toBe('401 session_invalid');
    expect(response.headers['set-cookie']).toBeUndefined();
    // The new tokens, which no one received, are revoked too.
    expect(fleet.provider.revoked.slice(-2).map((token) => fleet.provider.isRefreshTokenUsed(token))).toEqual(
      [true, false],
    );
  });

  test('after a sign-out, every instance refuses copied cookies of the session', async () => {
    const page = fleet.openPage();
    await signIn(page, fleet.provider);
    const first = await page.sessionCookie();
    await page.post(PATHS.refreshToken);
    const second = await page.sessionCookie();
    expect((await page.post(PATHS.logout)).statusCode).toBe(204);
    const [responses, refreshes] = await fleet.countRefreshes(() =>
      Promise.all(
        fleet
          .all()
          .flatMap((instance) =>
            [first, second].flatMap((cookie) =>
              [PATHS.session, PATHS.refreshToken].map((path) => send(instance, path, cookie)),
            ),
          ),
      ),
    );
    expect(responses).toHaveLength(12);
    expect(new Set(responses.map(errorOf))).toEqual(new Set(['401 session_invalid']));
    expect(refreshes).toBe(0);
  });

  test('a refresh in flight does not replace the cookie of the next user', async () => {
    const page = fleet.openPage();
    await signIn(page, fleet.provider);
    const before = await page.sessionCookie();
    const { arrived, release } = fleet.provider.delayNext();
    const refreshing = send(fleet.at(0), PATHS.refreshToken, before);
    await arrived;
    const next = await signIn(page, fleet.provider);
    release();
    const response = await refreshing;
    expect(errorOf(response)).toBe('401 session_invalid');
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(tokensOf(await page.post(PATHS.session)).session_id).toBe(next.session_id);
  });

  test('a second sign-in ends the first session on every instance', async () => {
    const page = fleet.openPage();
    await signIn(page, fleet.provider);
    const before = await page.sessionCookie();
    await signIn(page, fleet.provider);
    for (const instance of fleet.all()) {
      expect(errorOf(await send(instance, PATHS.session, before))).toBe('401 session_invalid');
    }
    tokensOf(await page.post(PATHS.session));
  });
});

async function startSignIn() {
  const page = fleet.openPage();
  const { authorizationUrl, state } = await page.start();
  const cookie = await page.jar.getCookieString(WEB_ORIGIN, { sameSiteContext: 'strict' });
  return { page, cookie, body: { code: fleet.provider.authorize(authorizationUrl), state } };
}

describe('a transaction', () => {
  test('a transaction is exchanged once over all instances, and every request gets its session', async () => {
    const { cookie, body } = await startSignIn();
    const before = fleet.provider.codeRequests;
    const responses = await Promise.all(
      fleet.all().map((instance) => send(instance, PATHS.exchangeToken, cookie, { body })),
    );
    // As if the first answers were lost and the browser sent the request again.
    responses.push(await send(fleet.at(0), PATHS.exchangeToken, cookie, { body }));
    const sessions = responses.map((response) => tokensOf(response));
    expect(new Set(sessions.map(({ session_id, access_token }) => session_id + access_token)).size).toBe(1);
    const otherCode = { ...body, code: 'another-code' };
    for (const instance of fleet.all()) {
      const refused = await send(instance, PATHS.exchangeToken, cookie, { body: otherCode });
      expect(errorOf(refused)).toBe('409 transaction_replayed');
      expect(refused.headers['set-cookie']).toBeUndefined();
    }
    expect(fleet.provider.codeRequests - before).toBe(1);
    // A refresh with the cookies of two of the answers is one refresh.
    const [, refreshes] = await fleet.countRefreshes(() =>
      Promise.all(responses.map((response, i) => send(fleet.at(i), PATHS.refreshToken, cookieIn(response)))),
    );
    expect(refreshes).toBe(1);
  });

  test('a transaction works again if the provider cannot have received the code', async () => {
    const { cookie, body } = await startSignIn();
    await fleet.provider.close();
    const response = await send(fleet.at(0), PATHS.exchangeToken, cookie, { body });
    expect(errorOf(response)).toBe('503 provider_unavailable');
    expect(response.headers['set-cookie']).toBeUndefined();
    await fleet.provider.reopen();
    tokensOf(await send(fleet.at(1), PATHS.exchangeToken, cookie, { body }));
  });
});

describe('a rolling deploy that changes the key', () => {
  const [k1, k2] = [key('k1', 1), key('k2', 2)];

  test('instances with SESSION_KEYS [k1], [k2,k1] and [k2] sign no one out', async () => {
    const [old, both, last] = await Promise.all(
      [k1, `${k2},${k1}`, k2].map((SESSION_KEYS) => fleet.start({ SESSION_KEYS })),
    );
    if (!old || !both || !last) throw new Error('expected three instances');

    const { grantsEnded } = fleet.provider;
    // Sealed by the instance with both keys.
    const page = fleet.openPage(() => [old, both]);
    await signIn(page, fleet.provider);
    const underBoth = await page.sessionCookie();
    const refused = await send(old, PATHS.session, underBoth);
    expect(errorOf(refused)).toBe('401 session_invalid');
    expect(refused.headers['set-cookie']).toBeUndefined();

    // A session of the old key is refreshed once, although the two instances seal the result with different keys.
    const early = fleet.openPage(() => [old]);
    await signIn(early, fleet.provider);
    const underOld = await early.sessionCookie();
    const [responses, refreshes] = await fleet.countRefreshes(() =>
      Promise.all([old, both, old, both].map((instance) => send(instance, PATHS.refreshToken, underOld))),
    );
    expect(refreshes).toBe(1);
    expect(new Set(responses.map((response) => tokensOf(response).access_token)).size).toBe(1);

    // Cookies sealed by the instance with both keys open under [k2]. A cookie sealed with k1 does not open there and is kept.
    for (const cookie of [underBoth, cookieIn(responses[1] ?? refused)]) {
      tokensOf(await send(last, PATHS.refreshToken, cookie));
    }
    const unknown = await send(last, PATHS.session, underOld);
    expect(errorOf(unknown)).toBe('401 session_invalid');
    expect(unknown.headers['set-cookie']).toBeUndefined();
    expect(fleet.provider.grantsEnded).toBe(grantsEnded);
  });
});

describe('contents of Redis', () => {
  test('Redis contains no secret, and its records open only with their cookie', async () => {
    const { page, body, cookie: transaction } = await startSignIn();
    const signedIn = tokensOf(await page.post(PATHS.exchangeToken, body));
    const first = await page.sessionCookie();
    await page.post(PATHS.refreshToken);
    const second = await page.sessionCookie();
    const { arrived, release } = fleet.provider.delayNext(); // Redis now contains a lock too.
    const refreshing = page.post(PATHS.refreshToken);
    await arrived;

    const client = new Redis(fleet.redis.url);
    onTestFinished(() => client.disconnect());
    const keys = await client.keys('*');
    const values = await Promise.all(keys.map((name) => client.get(name)));
    release();
    await refreshing;
    const kinds = new Set(keys.map((name) => name.split(':')[1]));
    expect([...kinds]).toEqual(expect.arrayContaining(['ended', 'refresh', 'refresh-lock', 'used']));

    const dump = [...keys, ...values].join('\n');
    const cookies = [transaction, first, second].map((cookie) => cookie.split('=')[1] ?? '');
    const secrets = [...fleet.provider.secrets, ...cookies, signedIn.access_token];
    expect(secrets.length).toBeGreaterThan(10);
    expect(secrets.filter((secret) => dump.includes(secret))).toEqual([]);

    // The secrets of the configuration and the provider open no record either.
    const sealed = values.filter((value) => value?.startsWith('ey'));
    expect(sealed).not.toEqual([]);
    const materials = [
      Buffer.alloc(32, 1),
      ...[...fleet.provider.secrets, ...keys].map((text) => Buffer.from(text)),
    ];
    for (const value of sealed) {
      for (const material of materials) {
        for (const info of ['', 'session', 'transaction', 'refresh record']) {
          const candidate = new Uint8Array(hkdfSync('sha256', material, '', info, 32));
          await expect(compactDecrypt(value ?? '', candidate)).rejects.toThrow('decryption operation failed');
        }
      }
    }
  });
});

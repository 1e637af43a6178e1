import { once } from 'node:events';
import { createServer } from 'node:http';
import { PATHS } from '@oneclick/shared/paths';
import { expect, onTestFinished, test, vi } from 'vitest';
import { errorOf, tokensOf } from '../../test/support/browser.ts';
import { portOf } from '../../test/support/port-of.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi } from '../../test/support/test-api.ts';
import { json, useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

/** Makes the provider answer userinfo only after `answer` is called. */
function hangUserinfo() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  provider.resourceAnswer = async () => {
    arrived.resolve();
    await promise;
    return json({ id: 1 });
  };
  return { arrived: arrived.promise, answer: resolve };
}

/** The same for the next request to the token endpoint. */
function hangToken() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  provider.tokenAnswers.push(async () => {
    arrived.resolve();
    await promise;
    return json({}, 500);
  });
  return { arrived: arrived.promise, answer: resolve };
}

test('while an endpoint hangs, requests to it above the limit fail at once, and those to the others succeed', async () => {
  const { browser } = await startApi({ maxRequestsInFlight: 1 });
  const { access_token } = await signIn(browser, provider);
  const { authorizationUrl, state } = await browser.start();
  const { arrived, answer } = hangUserinfo();
  const waiting = browser.get(PATHS.userinfo, access_token);
  await arrived;

  const refused = await browser.get(PATHS.userinfo, access_token);
  expect(errorOf(refused)).toBe('503 provider_unavailable');
  expect(refused.headers['retry-after']).toMatch(/^\d$/);
  expect(provider.resourceRequests).toHaveLength(1);
  tokensOf(await browser.post(PATHS.refreshToken));
  const exchange = { code: provider.authorize(authorizationUrl), state };
  tokensOf(await browser.post(PATHS.exchangeToken, exchange));
  provider.resourceAnswer = undefined;
  expect((await browser.get(PATHS.topup, access_token)).statusCode).toBe(200);

  answer();
  expect((await waiting).statusCode).toBe(200);
  expect((await browser.get(PATHS.userinfo, access_token)).statusCode).toBe(200);
});

test('a code exchange and a refresh that were refused at the limit succeed later', async () => {
  const { browser, newBrowser } = await startApi({ maxRequestsInFlight: 1 });
  const signedIn = newBrowser();
  await signIn(signedIn, provider);
  const { authorizationUrl, state } = await browser.start();
  const { arrived, answer } = hangToken();
  const other = newBrowser();
  const waiting = other.post(PATHS.exchangeToken, { code: 'code', state: (await other.start()).state });
  await arrived;

  // Nothing was sent, so no session and no transaction ends.
  const refresh = await signedIn.post(PATHS.refreshToken);
  expect(errorOf(refresh)).toBe('503 provider_unavailable');
  expect(refresh.headers['set-cookie']).toBeUndefined();
  const exchange = { code: provider.authorize(authorizationUrl), state };
  const refused = await browser.post(PATHS.exchangeToken, exchange);
  expect(errorOf(refused)).toBe('503 provider_unavailable');
  expect(refused.json()).toMatchObject({ retryable: true });

  answer();
  await waiting;
  tokensOf(await browser.post(PATHS.exchangeToken, exchange));
  tokensOf(await signedIn.post(PATHS.refreshToken));
});

test('failed requests no longer count towards the limit', async () => {
  const { browser } = await startApi({ maxRequestsInFlight: 1, timeoutMs: 20 });
  provider.resourceAnswer = () => new Promise<Response>(() => undefined);
  for (let i = 0; i < 3; i += 1) {
    expect(errorOf(await browser.get(PATHS.userinfo, 'a'))).toBe('504 provider_timeout');
  }
});

test('while 256 requests wait for userinfo and 44 are refused, a sign-in and a refresh succeed', async () => {
  let userinfoRequests = 0;
  const answerTokens = JSON.stringify({ access_token: 'a', token_type: 'Bearer', refresh_token: 'r' });
  const halfDead = createServer(({ method }, response) => {
    if (method === 'POST') response.end(answerTokens);
    else userinfoRequests += 1;
  }).listen(0, '127.0.0.1');
  await once(halfDead, 'listening');
  onTestFinished(() => {
    halfDead.closeAllConnections();
    halfDead.close();
  });
  const env = { OAUTH_PROVIDER: `http://127.0.0.1:${portOf(halfDead)}` };
  const { app, browser } = await startApi({ env, timeoutMs: 60_000 });

  const refused: string[] = [];
  for (let i = 0; i < 300; i += 1) {
    const request = { url: PATHS.userinfo, headers: { authorization: 'Bearer a' } };
    app.inject(request).then(
      (response) => refused.push(errorOf(response)),
      () => undefined, // The test is over.
    );
  }
  await vi.waitFor(() => expect([userinfoRequests, refused.length]).toEqual([256, 44]), { timeout: 9000 });
  expect(new Set(refused)).toEqual(new Set(['503 provider_unavailable']));

  const { state } = await browser.start();
  tokensOf(await browser.post(PATHS.exchangeToken, { code: 'code', state }));
  tokensOf(await browser.post(PATHS.refreshToken));
}, 20_000);

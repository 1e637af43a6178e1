import { once } from 'node:events';
import { createServer } from 'node:net';
import { PATHS } from '@oneclick/shared/paths';
import { expect, onTestFinished, test, vi } from 'vitest';
import { errorOf, tokensOf } from '../../test/support/browser.ts';
import { startInstance } from '../../test/support/instance.ts';
import { portOf } from '../../test/support/port-of.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi, VALID_ENV } from '../../test/support/test-api.ts';
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

test('while the provider hangs, requests above the limit fail at once, and after it answers they succeed', async () => {
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
  expect((await browser.post(PATHS.start)).statusCode).toBe(200);

  // Nothing was sent, so no session and no transaction ends.
  const refresh = await browser.post(PATHS.refreshToken);
  expect(errorOf(refresh)).toBe('503 provider_unavailable');
  expect(refresh.headers['set-cookie']).toBeUndefined();
  const exchange = { code: provider.authorize(authorizationUrl), state };
  expect(errorOf(await browser.post(PATHS.exchangeToken, exchange))).toBe('503 provider_unavailable');
  expect((await browser.post(PATHS.logout)).statusCode).toBe(204);

  answer();
  expect((await waiting).statusCode).toBe(200);
  expect((await browser.get(PATHS.userinfo, access_token)).statusCode).toBe(200);
});

test('a code exchange that was refused at the limit succeeds later', async () => {
  const { browser, newBrowser } = await startApi({ maxRequestsInFlight: 1 });
  const { authorizationUrl, state } = await browser.start();
  const { arrived, answer } = hangUserinfo();
  const waiting = newBrowser().get(PATHS.userinfo, 'a');
  await arrived;
  const exchange = { code: provider.authorize(authorizationUrl), state };
  expect(errorOf(await browser.post(PATHS.exchangeToken, exchange))).toBe('503 provider_unavailable');
  answer();
  await waiting;
  tokensOf(await browser.post(PATHS.exchangeToken, exchange));
});

test('failed requests no longer count towards the limit', async () => {
  const { browser } = await startApi({ maxRequestsInFlight: 1, timeoutMs: 20 });
  provider.resourceAnswer = () => new Promise<Response>(() => undefined);
  for (let i = 0; i < 3; i += 1) {
    expect(errorOf(await browser.get(PATHS.userinfo, 'a'))).toBe('504 provider_timeout');
  }
});

test('of 300 concurrent requests to a silent provider, 256 wait and 44 get 503 at once', async () => {
  const mute = createServer().listen(0, '127.0.0.1');
  await once(mute, 'listening');
  onTestFinished(() => void mute.close());
  const instance = await startInstance({
    env: { ...VALID_ENV, OAUTH_PROVIDER: `http://127.0.0.1:${portOf(mute)}` },
  });
  onTestFinished(instance.stop);

  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const answers: string[] = [];
  for (let i = 0; i < 300; i += 1) {
    const request = { url: PATHS.userinfo, headers: { authorization: 'Bearer a' } };
    instance.inject(request, leaving.signal).then(
      (answer) => answers.push(errorOf(answer)),
      () => undefined, // The test is over.
    );
  }
  await vi.waitFor(() => expect(answers).toHaveLength(44), { timeout: 9000 });
  expect(new Set(answers)).toEqual(new Set(['503 provider_unavailable']));
  expect((await instance.inject({ url: '/nowhere' })).statusCode).toBe(404); // It still answers.
}, 20_000);

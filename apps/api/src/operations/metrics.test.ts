import { ERRORS } from '@oneclick/shared/error-status';
import { PATHS } from '@oneclick/shared/paths';
import { HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import { SESSION_COOKIE, type Browser } from '../../test/support/browser.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi, WEB_ORIGIN } from '../../test/support/test-api.ts';
import { json, useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

/** The value of a metric in the Prometheus text, or 0 if it is missing. */
async function readMetric(browser: Browser, name: string): Promise<number> {
  const response = await browser.send({ url: PATHS.metrics });
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const line = response.body.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

test('sign-ins are counted by flow and result', async () => {
  const { browser } = await startApi({ env: { OAUTH_SERVER_REDIRECT_URI: `${WEB_ORIGIN}/oauth/callback` } });
  await signIn(browser, provider);

  const denied = await browser.start();
  await browser.post(PATHS.exchangeToken, { error: 'access_denied', state: denied.state });

  const rejected = await browser.start();
  await browser.post(PATHS.exchangeToken, { code: 'c', state: rejected.state });

  const started = await browser.navigate(PATHS.serverSideStart);
  const url = new URL(String(started.headers.location));
  const [code, state] = [provider.authorize(url.href), url.searchParams.get('state')];
  await browser.navigate(`${PATHS.serverSideCallback}?code=${code}&state=${state}`, 'cross-site');

  expect(await readMetric(browser, 'sign_ins_prepared_total{flow="browser"}')).toBe(3);
  expect(await readMetric(browser, 'sign_ins_completed_total{flow="browser"}')).toBe(1);
  expect(await readMetric(browser, 'sign_ins_denied_total{flow="browser"}')).toBe(1);
  expect(await readMetric(browser, 'sign_ins_failed_total{flow="browser",code="code_rejected"}')).toBe(1);
  expect(await readMetric(browser, 'sign_ins_prepared_total{flow="server-side"}')).toBe(1);
  expect(await readMetric(browser, 'sign_ins_completed_total{flow="server-side"}')).toBe(1);
  expect(await readMetric(browser, 'errors_total{code="code_rejected"}')).toBe(1);
});

test('every counter of an error exists before its first error', async () => {
  const { app, browser } = await startApi();
  const { body } = await app.inject(PATHS.metrics);
  for (const code of Object.keys(ERRORS)) {
    expect(body).toContain(`\nerrors_total{code="${code}"} 0\n`);
    expect(body).toContain(`\nsign_ins_failed_total{flow="browser",code="${code}"} 0\n`);
    expect(body).toContain(`\nsession_refreshes_total{outcome="${code}"} 0\n`);
  }
  expect(body).toContain('\nrate_limited_total{group="sign-in"} 0\n');
  await browser.jar.setCookie(`${SESSION_COOKIE}=x; Secure; HttpOnly; Path=/`, WEB_ORIGIN);
  await browser.post(PATHS.session);
  expect(await readMetric(browser, 'sessions_refused_total{code="session_invalid"}')).toBe(1);
});

test('requests above a rate limit are counted by their group of routes', async () => {
  const { browser } = await startApi({ env: { RATE_LIMIT_PER_MINUTE: '1' } });
  for (let i = 0; i < 3; i += 1) await browser.post(PATHS.session);
  await browser.post(PATHS.start, {});
  expect(await readMetric(browser, 'rate_limited_total{group="session"}')).toBe(2);
});

test('each refresh at the provider is counted once, by its outcome', async () => {
  const { browser, events } = await startApi();
  await signIn(browser, provider);
  await Promise.all([browser.post(PATHS.refreshToken), browser.post(PATHS.refreshToken)]);
  provider.tokenAnswers.push(
    () => json({}, 500),
    () => json({ error: 'invalid_grant' }, 400),
  );
  for (let i = 0; i < 2; i += 1) await browser.post(PATHS.refreshToken);
  const refreshes = (outcome: string) => readMetric(browser, `session_refreshes_total{outcome="${outcome}"}`);
  expect(await refreshes('refreshed')).toBe(1);
  expect(await refreshes('provider_unavailable')).toBe(1);
  expect(await refreshes('session_expired')).toBe(1);
  expect(events().slice(2)).toEqual([
    'session_refreshed',
    'session_refresh_failed',
    'session_refresh_failed',
    'session_ended',
  ]);
});

test('the duration of provider requests is measured by endpoint and outcome', async () => {
  const { browser } = await startApi({ timeoutMs: 50 });
  const { access_token } = await signIn(browser, provider);
  await browser.get(PATHS.userinfo, access_token);
  provider.resourceAnswer = () => json({}, 503);
  await browser.get(PATHS.topup, access_token);
  provider.resourceAnswer = () => HttpResponse.redirect('https://evil.example');
  await browser.get(PATHS.topup, access_token);
  provider.resourceAnswer = () => new Promise<Response>(() => undefined);
  await browser.get(PATHS.userinfo, access_token);

  const count = (endpoint: string, outcome: string) =>
    readMetric(
      browser,
      `provider_request_duration_seconds_count{endpoint="${endpoint}",outcome="${outcome}"}`,
    );
  expect(await count('token', '2xx')).toBe(1);
  expect(await count('userinfo', '2xx')).toBe(1);
  expect(await count('topup', '5xx')).toBe(1);
  expect(await count('topup', 'provider_bad_response')).toBe(1);
  expect(await count('userinfo', 'provider_timeout')).toBe(1);
});

test('the duration of each request is measured by the pattern of its route and by its status', async () => {
  const { browser } = await startApi();
  await browser.start();
  await browser.post(PATHS.session);
  for (const url of ['/unknown-1', '/unknown-2']) await browser.send({ url });

  const count = (route: string, status: number) =>
    readMetric(browser, `http_request_duration_seconds_count{route="${route}",status="${status}"}`);
  expect(await count(PATHS.start, 200)).toBe(1);
  expect(await count(PATHS.session, 401)).toBe(1);
  expect(await count('none', 404)).toBe(2);
});

test('the metrics contain no text of a request or of the provider', async () => {
  const { browser } = await startApi();
  await signIn(browser, provider);
  await browser.send({ url: '/canary?canary=canary', headers: { 'user-agent': 'canary' } });
  await browser.post(PATHS.exchangeToken, { error: 'canary', state: (await browser.start()).state });
  await browser.get(PATHS.userinfo, 'canary');
  provider.tokenAnswers.push(() => json({ error: 'canary' }, 400));
  await browser.post(PATHS.refreshToken);
  const { body } = await browser.send({ url: PATHS.metrics });
  expect(body).not.toMatch(/canary|provider\.localhost|app\.example|access-|refresh-(?!token)/);
  expect(body).toContain('# TYPE provider_request_duration_seconds histogram');
});

test('a scope that differs from the requested one logs scope_reduced and scope_extended', async () => {
  const { browser, events } = await startApi();
  const answer = { access_token: 'a', token_type: 'Bearer', expires_in: 7200, refresh_token: 'r' };
  provider.tokenAnswers.push(() => json({ ...answer, scope: 'profile admin' }));
  await signIn(browser, provider);
  expect(events().slice(1)).toEqual(['sign_in_completed', 'scope_reduced', 'scope_extended']);
  provider.tokenAnswers.push(() => json({ ...answer, scope: 'admin profile' }));
  await browser.post(PATHS.refreshToken);
  provider.tokenAnswers.push(() => json({ ...answer, scope: 'profile' }));
  await browser.post(PATHS.refreshToken);
  expect(events().slice(4)).toEqual(['session_refreshed', 'session_refreshed', 'scope_reduced']);
});

import { afterEach, expect, test, vi } from 'vitest';
import { continueInSameTab, takeSameTabAttempt } from './same-tab-attempt.ts';

const state = 's'.repeat(43);
const started = { state, authorizationUrl: 'https://provider.example/authorize' };

afterEach(() => {
  vi.unstubAllGlobals();
  sessionStorage.clear();
  history.replaceState(null, '', '/');
});

async function leaveFrom(address: string) {
  vi.spyOn(location, 'assign').mockReturnValue();
  history.replaceState(null, '', address);
  await continueInSameTab(started, Date.now() - 1_000);
}

test('comes back to the page it left, with query and fragment, once', async () => {
  await leaveFrom('/pricing?plan=pro#top');
  expect(location.assign).toHaveBeenCalledWith(started.authorizationUrl);
  const back = await takeSameTabAttempt(state);
  expect(back?.returnTo).toBe('/pricing?plan=pro#top');
  expect(back?.tookMs).toBeGreaterThanOrEqual(1_000);
  await expect(takeSameTabAttempt(state)).resolves.toBeUndefined();
});

test('leaves no state behind', async () => {
  await leaveFrom('/');
  expect(JSON.stringify(Object.entries(sessionStorage))).not.toContain(state);
});

test('an answer to another attempt finds none, and leaves it alone', async () => {
  await leaveFrom('/pricing');
  await expect(takeSameTabAttempt('t'.repeat(43))).resolves.toBeUndefined();
  await expect(takeSameTabAttempt(state)).resolves.toMatchObject({ returnTo: '/pricing' });
});

test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
])('never goes to another origin: %j', async (returnTo) => {
  await leaveFrom('/');
  const [key = ''] = Object.keys(sessionStorage);
  const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '');
  sessionStorage.setItem(key, JSON.stringify({ ...Object(kept), returnTo }));
  const back = await takeSameTabAttempt(state);
  expect(new URL(back?.returnTo ?? '', location.origin).origin).toBe(location.origin);
});

test('goes on where storage is blocked', async () => {
  vi.stubGlobal('sessionStorage', undefined);
  await leaveFrom('/pricing');
  expect(location.assign).toHaveBeenCalled();
  await expect(takeSameTabAttempt(state)).resolves.toBeUndefined();
});

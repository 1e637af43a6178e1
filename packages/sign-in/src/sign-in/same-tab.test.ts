import { afterEach, expect, test, vi } from 'vitest';
import {
  goToProviderInSameTab,
  hasGoneOnInTab,
  noteTransactionInWindow,
  takeSameTabTransaction,
  takeTransactionWithoutState,
} from './same-tab.ts';

const state = 's'.repeat(43);
const start = { state, authorizationUrl: 'https://provider.example/authorize', expiresIn: 600 };

afterEach(() => {
  vi.unstubAllGlobals();
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, '', '/');
});

async function leaveFrom(address: string, returnTo?: string, { leavesWindow = false } = {}) {
  vi.spyOn(location, 'assign').mockReturnValue();
  history.replaceState(null, '', address);
  await goToProviderInSameTab({ start, startedAtMs: Date.now() - 1_000, returnTo, leavesWindow });
}

test('the tab returns to the page it left, with query and fragment, once', async () => {
  await leaveFrom('/pricing?plan=pro#top');
  expect(location.assign).toHaveBeenCalledWith(start.authorizationUrl);
  const back = await takeSameTabTransaction(state);
  expect(back?.returnTo).toBe('/pricing?plan=pro#top');
  expect(back?.tookMs).toBeGreaterThanOrEqual(1_000);
  await expect(takeSameTabTransaction(state)).resolves.toBeUndefined();
});

test('the tab returns to the path that the app asked for', async () => {
  await leaveFrom('/pricing', '/checkout?step=2');
  await expect(takeSameTabTransaction(state)).resolves.toMatchObject({ returnTo: '/checkout?step=2' });
});

test('without state, a tab finds the path to return to, once', async () => {
  await leaveFrom('/pricing');
  expect(takeTransactionWithoutState()).toEqual({ returnTo: '/pricing' });
  expect(takeTransactionWithoutState()).toBeUndefined();
  await expect(takeSameTabTransaction(state)).resolves.toBeUndefined();
});

test('without state, a window finds its channel, also if its storage is a copy from a tab with a transaction', async () => {
  await leaveFrom('/pricing');
  noteTransactionInWindow(window, 'channel-1');
  await expect(takeSameTabTransaction(state)).resolves.toBeUndefined();
  expect(takeTransactionWithoutState()).toEqual({ channelName: 'channel-1' });
  expect(takeTransactionWithoutState()).toBeUndefined();
});

test('no storage contains state', async () => {
  await leaveFrom('/', '/', { leavesWindow: true });
  for (const storage of [localStorage, sessionStorage]) {
    expect(storage).toHaveLength(1);
    expect(JSON.stringify(Object.entries(storage))).not.toContain(state);
  }
});

test('a window that was left at the provider can find out, for as long as its transaction lasts', async () => {
  await leaveFrom('/', '/', { leavesWindow: true });
  await expect(hasGoneOnInTab(state)).resolves.toBe(true);
  await expect(hasGoneOnInTab('t'.repeat(43))).resolves.toBe(false);
  const now = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(now + 601_000);
  await expect(hasGoneOnInTab(state)).resolves.toBe(false);
});

test('two tabs that go on in place of their windows do not forget each other', async () => {
  await leaveFrom('/', '/', { leavesWindow: true });
  const other = { ...start, state: 't'.repeat(43) };
  await goToProviderInSameTab({ start: other, startedAtMs: Date.now(), leavesWindow: true });
  await expect(hasGoneOnInTab(state)).resolves.toBe(true);
  await expect(hasGoneOnInTab(other.state)).resolves.toBe(true);
});

test.each(['', 'null', '[]', '{', '{"x":"y"}'])('the storage %j names no window', async (value) => {
  localStorage.setItem('oneclick:left-windows', value);
  await expect(hasGoneOnInTab(state)).resolves.toBe(false);
});

test('a sign-in that left no window notes none', async () => {
  await leaveFrom('/');
  expect(localStorage).toHaveLength(0);
});

test('a response of another transaction takes nothing', async () => {
  await leaveFrom('/pricing');
  await expect(takeSameTabTransaction('t'.repeat(43))).resolves.toBeUndefined();
  await expect(takeSameTabTransaction(state)).resolves.toMatchObject({ returnTo: '/pricing' });
});

const ELSEWHERE = [
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/.//evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://',
];

const originOf = (path: string | undefined) => new URL(path ?? '', location.origin).origin;

test.each(ELSEWHERE)('the app cannot send the tab to another origin: %j', async (returnTo) => {
  await leaveFrom('/', returnTo);
  expect(originOf((await takeSameTabTransaction(state))?.returnTo)).toBe(location.origin);
});

test.each(ELSEWHERE)('a changed storage cannot send the tab to another origin: %j', async (returnTo) => {
  await leaveFrom('/');
  const [key = ''] = Object.keys(sessionStorage);
  const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '');
  sessionStorage.setItem(key, JSON.stringify({ ...Object(kept), returnTo }));
  expect(originOf((await takeSameTabTransaction(state))?.returnTo)).toBe(location.origin);
});

test('where the storage is blocked the tab goes to the provider all the same', async () => {
  vi.stubGlobal('sessionStorage', undefined);
  await leaveFrom('/pricing');
  expect(location.assign).toHaveBeenCalled();
  await expect(takeSameTabTransaction(state)).resolves.toBeUndefined();
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AccessToken, createAccessToken } from './access-token.ts';

const HOUR_MS = 3_600_000;
const onRefreshDue = vi.fn<() => void>();
let token: AccessToken;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  onRefreshDue.mockClear();
  token = createAccessToken({ onRefreshDue });
});
afterEach(() => {
  token.forget();
  vi.useRealTimers();
});

const store = (expires_in: number) =>
  token.store({ access_token: 'token-1', token_type: 'Bearer', expires_in, scope: '', session_id: 's' });
const pass = (ms: number) => vi.advanceTimersByTime(ms);
/** Only the wall clock advances: the machine sleeps, or the clock is set. */
const setClock = (byMs: number) => vi.setSystemTime(Date.now() + byMs);

test('a token is due once, shortly after the API counts it as due, and is used until its end', () => {
  store(7200);
  pass(6_909_000);
  expect(onRefreshDue).not.toHaveBeenCalled();
  pass(2_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
  // A tab that comes to the front does not ask again while the first refresh is in flight.
  token.refreshIfDue();
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
  pass(288_000);
  expect(token.read()).toBe('token-1');
  pass(2_000);
  expect(token.read()).toBeUndefined();
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
});

test.each([
  ['a minute', 60, 54],
  ['two minutes', 120, 106],
  ['just under five minutes', 299, 249.2],
  ['ten minutes', 600, 490],
])('a token that lives for %s is used for four fifths of its life', (_, expiresIn, dueAfterSeconds) => {
  store(expiresIn);
  pass(dueAfterSeconds * 1000 - 1000);
  expect(onRefreshDue).not.toHaveBeenCalled();
  pass(2_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
});

test('a token has expired after the machine slept through its end, also if the monotonic clock stood still', () => {
  store(7200);
  setClock(3 * HOUR_MS);
  expect(token.read()).toBeUndefined();
  // The next check: a step of the timer, or the tab comes to the front.
  token.refreshIfDue();
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
});

test('after sleep a token is due within one step of its timer', () => {
  store(7200);
  setClock(3 * HOUR_MS);
  pass(31_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
});

describe.each([
  ['an hour ahead', HOUR_MS],
  ['an hour back', -HOUR_MS],
])('with a clock that is set %s', (_, byMs) => {
  test('a token is due in time, once', () => {
    store(7200);
    setClock(byMs);
    pass(6_911_000);
    expect(onRefreshDue).toHaveBeenCalledTimes(1);
  });

  test('a token that comes afterwards has its full life', () => {
    setClock(byMs);
    store(7200);
    pass(6_909_000);
    expect(onRefreshDue).not.toHaveBeenCalled();
    pass(2_000);
    expect(onRefreshDue).toHaveBeenCalledTimes(1);
  });
});

test('a clock that is set back makes no token live longer', () => {
  store(7200);
  setClock(-HOUR_MS);
  pass(7_201_000);
  expect(token.read()).toBeUndefined();
});

test('a postponed refresh is asked for again', () => {
  store(7200);
  pass(6_911_000);
  token.postponeRefresh(20_000);
  pass(19_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
  pass(2_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(2);
});

test('a token that has expired on arrival is due after a second, not at once', () => {
  store(0);
  expect(token.read()).toBeUndefined();
  expect(onRefreshDue).not.toHaveBeenCalled();
  pass(1_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
});

test('a forgotten token is neither read nor refreshed', () => {
  store(60);
  token.forget();
  pass(HOUR_MS);
  token.refreshIfDue();
  expect(token.read()).toBeUndefined();
  expect(onRefreshDue).not.toHaveBeenCalled();
});

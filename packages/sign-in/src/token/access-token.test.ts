import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAccessToken } from './access-token.ts';

const HOUR_MS = 3_600_000;
const onRefreshDue = vi.fn<() => void>();
let token: ReturnType<typeof createAccessToken>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  onRefreshDue.mockClear();
  token = createAccessToken({ onRefreshDue });
});
afterEach(() => {
  token.forget();
  vi.useRealTimers();
});

const hold = (expires_in: number) =>
  token.hold({ access_token: 'token-1', token_type: 'Bearer', expires_in, scope: '', session_id: 's' });
const pass = (ms: number) => vi.advanceTimersByTime(ms);
/** The wall clock alone goes on: the machine sleeps, or somebody sets the clock. */
const setClock = (byMs: number) => vi.setSystemTime(Date.now() + byMs);

test('is refreshed five minutes before its end, once, and serves until its end', () => {
  hold(7200);
  pass(6_899_000);
  expect(onRefreshDue).not.toHaveBeenCalled();
  pass(2_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
  // A tab that comes to the front asks no second time while the first refresh is on its way.
  token.check();
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
  pass(298_000);
  expect(token.read()).toBe('token-1');
  pass(2_000);
  expect(token.read()).toBeUndefined();
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
});

test('is refreshed at half its life if that is short', () => {
  hold(60);
  pass(29_000);
  expect(onRefreshDue).not.toHaveBeenCalled();
  pass(2_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
});

test('is over when a machine has slept through its end, also if its monotonic clock slept, too', () => {
  hold(7200);
  setClock(3 * HOUR_MS);
  expect(token.read()).toBeUndefined();
  // The next look: a timer's step, or the tab in front again.
  token.check();
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
});

test('notices by itself that it slept, within a step of its timer', () => {
  hold(7200);
  setClock(3 * HOUR_MS);
  pass(31_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
});

describe.each([
  ['an hour ahead', HOUR_MS],
  ['an hour back', -HOUR_MS],
])('with a clock that is set %s', (_, byMs) => {
  test('is refreshed in time, once', () => {
    hold(7200);
    setClock(byMs);
    pass(6_901_000);
    expect(onRefreshDue).toHaveBeenCalledTimes(1);
  });

  test('counts a token that comes afterwards as always', () => {
    setClock(byMs);
    hold(7200);
    pass(6_899_000);
    expect(onRefreshDue).not.toHaveBeenCalled();
    pass(2_000);
    expect(onRefreshDue).toHaveBeenCalledTimes(1);
  });
});

test('a clock set back makes no token live longer', () => {
  hold(7200);
  setClock(-HOUR_MS);
  pass(7_201_000);
  expect(token.read()).toBeUndefined();
});

test('a refresh that was postponed is asked for again', () => {
  hold(60);
  pass(31_000);
  token.postponeRefresh(20_000);
  pass(19_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(1);
  pass(2_000);
  expect(onRefreshDue).toHaveBeenCalledTimes(2);
});

test('forgets', () => {
  hold(60);
  token.forget();
  pass(HOUR_MS);
  token.check();
  expect(token.read()).toBeUndefined();
  expect(onRefreshDue).not.toHaveBeenCalled();
});

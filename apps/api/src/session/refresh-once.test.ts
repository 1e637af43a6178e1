import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exampleSession } from '../../test/support/example-session.ts';
import { createRefreshOnce } from './refresh-once.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 0 }));
afterEach(() => void vi.useRealTimers());

const session = exampleSession();
const successor = exampleSession();
const succeed = () => vi.fn<() => Promise<typeof session>>(async () => successor);

test('concurrent callers with one token set share one refresh', async () => {
  const { refreshOnce } = createRefreshOnce();
  const refresh = succeed();
  const results = await Promise.all([refreshOnce(session, refresh), refreshOnce(session, refresh)]);
  expect(results).toEqual([successor, successor]);
  expect(refresh).toHaveBeenCalledTimes(1);
});

test('the result of a refresh is shared for 30 seconds and then forgotten', async () => {
  const { refreshOnce, findSuccessor } = createRefreshOnce();
  const refresh = succeed();
  await refreshOnce(session, refresh);
  vi.setSystemTime(29_999);
  expect(await refreshOnce(session, refresh)).toBe(successor);
  expect(await findSuccessor(session)).toBe(successor);
  vi.setSystemTime(30_000);
  expect(await findSuccessor(session)).toBeUndefined();
  await refreshOnce(session, refresh);
  expect(refresh).toHaveBeenCalledTimes(2);
});

test('concurrent callers share a failed refresh, and the next caller tries again', async () => {
  const { refreshOnce } = createRefreshOnce();
  const refresh = vi.fn<() => Promise<typeof session>>(async () => Promise.reject(new Error('down')));
  const results = await Promise.allSettled([refreshOnce(session, refresh), refreshOnce(session, refresh)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(refresh).toHaveBeenCalledTimes(1);
  expect(await refreshOnce(session, succeed())).toBe(successor);
});

test('callers with different token sets refresh separately', async () => {
  const { refreshOnce } = createRefreshOnce();
  const refresh = succeed();
  await Promise.all([refreshOnce(session, refresh), refreshOnce(exampleSession(), refresh)]);
  expect(refresh).toHaveBeenCalledTimes(2);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exampleSession } from '../../test/support/example-session.ts';
import { createMemoryState } from './memory-state.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 0 }));
afterEach(() => void vi.useRealTimers());

const session = exampleSession();
const successor = exampleSession();
const succeed = () => vi.fn<() => Promise<typeof session>>(async () => successor);

test('callers at the same time share one refresh', async () => {
  const { refreshOnce } = createMemoryState();
  const refresh = succeed();
  const results = await Promise.all([refreshOnce(session, refresh), refreshOnce(session, refresh)]);
  expect(results).toEqual([successor, successor]);
  expect(refresh).toHaveBeenCalledTimes(1);
});

test('the result is there for 30 seconds and then forgotten', async () => {
  const { refreshOnce, findSuccessor } = createMemoryState();
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

test('a failure is shared while it lasts, and not kept', async () => {
  const { refreshOnce } = createMemoryState();
  const refresh = vi.fn<() => Promise<typeof session>>(async () => Promise.reject(new Error('down')));
  const results = await Promise.allSettled([refreshOnce(session, refresh), refreshOnce(session, refresh)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(refresh).toHaveBeenCalledTimes(1);
  expect(await refreshOnce(session, succeed())).toBe(successor);
});

test('token sets have nothing to do with each other', async () => {
  const { refreshOnce } = createMemoryState();
  const refresh = succeed();
  await Promise.all([refreshOnce(session, refresh), refreshOnce(exampleSession(), refresh)]);
  expect(refresh).toHaveBeenCalledTimes(2);
});

test('an ended session stays ended as long as its cookie could open', async () => {
  const { endSession, isEnded, endedSessions } = createMemoryState();
  await endSession(session);
  vi.setSystemTime(session.endsAt * 1000 - 1);
  expect(await isEnded(session)).toBe(true);
  expect(await isEnded(exampleSession())).toBe(false);
  expect(endedSessions()).toEqual([{ sessionId: session.sessionId, endsAt: session.endsAt * 1000 }]);
});

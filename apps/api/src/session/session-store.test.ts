import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exampleSession } from '../../test/support/example-session.ts';
import { createSessionStore, findLatest } from './session-store.ts';
import type { Session } from './session.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 0 }));
afterEach(() => void vi.useRealTimers());

const session = exampleSession();
const successor: Session = { ...exampleSession(), sessionId: session.sessionId };
const refreshTo = (refreshed: Session) => ({
  refresh: vi.fn<() => Promise<Session>>(async () => refreshed),
  discard: vi.fn<(discarded: Session) => Promise<void>>(async () => undefined),
});
const failing = () => ({
  ...refreshTo(successor),
  refresh: vi.fn<() => Promise<Session>>(() => Promise.reject(new Error('down'))),
});

describe('one refresh for all requests', () => {
  test('concurrent callers with one token set share one refresh', async () => {
    const { refreshOnce } = createSessionStore();
    const work = refreshTo(successor);
    const results = await Promise.all([refreshOnce(session, work), refreshOnce(session, work)]);
    expect(results).toEqual([successor, successor]);
    expect(work.refresh).toHaveBeenCalledTimes(1);
  });

  test('the result of a refresh is shared for 30 seconds and then forgotten', async () => {
    const { refreshOnce, find } = createSessionStore();
    const work = refreshTo(successor);
    await refreshOnce(session, work);
    vi.setSystemTime(29_999);
    expect(await refreshOnce(session, work)).toBe(successor);
    expect(await find(session)).toEqual({ successor, hasEnded: false });
    vi.setSystemTime(30_000);
    expect(await find(session)).toEqual({ successor: undefined, hasEnded: false });
    await refreshOnce(session, work);
    expect(work.refresh).toHaveBeenCalledTimes(2);
  });

  test('a cookie from two refreshes ago gets the latest session', async () => {
    const store = createSessionStore();
    const latest: Session = { ...exampleSession(), sessionId: session.sessionId };
    await store.refreshOnce(session, refreshTo(successor));
    await store.refreshOnce(successor, refreshTo(latest));
    const work = refreshTo(exampleSession());
    expect(await store.refreshOnce(session, work)).toBe(latest);
    expect(await findLatest(store, session)).toBe(latest);
    expect(work.refresh).not.toHaveBeenCalled();
  });

  test('concurrent callers share a failed refresh, and the next caller tries again', async () => {
    const { refreshOnce } = createSessionStore();
    const work = failing();
    const results = await Promise.allSettled([refreshOnce(session, work), refreshOnce(session, work)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(work.refresh).toHaveBeenCalledTimes(1);
    expect(await refreshOnce(session, refreshTo(successor))).toBe(successor);
  });

  test('callers with different token sets refresh separately', async () => {
    const { refreshOnce } = createSessionStore();
    const work = refreshTo(successor);
    await Promise.all([refreshOnce(session, work), refreshOnce(exampleSession(), work)]);
    expect(work.refresh).toHaveBeenCalledTimes(2);
  });
});

describe('an ended session', () => {
  test('an ended session is neither found nor refreshed, and its successors have ended too', async () => {
    const store = createSessionStore();
    await store.refreshOnce(session, refreshTo(successor));
    await store.end(session);
    const work = refreshTo(exampleSession());
    for (const each of [session, successor]) {
      await expect(store.refreshOnce(each, work)).rejects.toMatchObject({ code: 'session_invalid' });
      await expect(findLatest(store, each)).rejects.toMatchObject({ code: 'session_invalid' });
    }
    expect(work.refresh).not.toHaveBeenCalled();
    expect(await store.find(exampleSession())).toMatchObject({ hasEnded: false });
  });

  test('a session that ends during its refresh is refused, and the new tokens are discarded', async () => {
    const store = createSessionStore();
    const work = refreshTo(successor);
    work.refresh.mockImplementation(async () => {
      await store.end(session);
      return successor;
    });
    await expect(store.refreshOnce(session, work)).rejects.toMatchObject({ code: 'session_invalid' });
    expect(work.discard.mock.calls).toEqual([[successor]]);
  });

  test('a session that ends during a refresh that fails is refused as ended', async () => {
    const store = createSessionStore();
    const work = failing();
    work.refresh.mockImplementation(async () => {
      await store.end(session);
      throw new Error('down');
    });
    await expect(store.refreshOnce(session, work)).rejects.toMatchObject({ code: 'session_invalid' });
  });
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLocks } from '../../test/locks.ts';
import { withSessionLock } from './session-lock.ts';

const never = new Promise<never>(() => undefined);
let locks: ReturnType<typeof createLocks>;

beforeEach(() => {
  locks = createLocks();
  vi.stubGlobal('navigator', { locks });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('one after the other, and the second one knows that it has waited', async () => {
  const seen: unknown[] = [];
  const first = withSessionLock(async (hasWaited) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen.push('first', hasWaited);
  });
  const second = withSessionLock(async (hasWaited) => seen.push('second', hasWaited));
  await vi.advanceTimersByTimeAsync(200);
  await Promise.all([first, second]);
  expect(seen).toEqual(['first', false, 'second', true]);
});

test('who does not get it in time goes on without it, and never steals it', async () => {
  void withSessionLock(() => never);
  const second = withSessionLock(async (hasWaited) => hasWaited);
  await vi.advanceTimersByTimeAsync(5_100);
  await expect(second).resolves.toBe(true);
  expect(locks.requested.map(({ options }) => options.steal)).toEqual([undefined, undefined]);
});

test('work that takes long is not done twice', async () => {
  const work = vi.fn<() => Promise<string>>(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    return 'done';
  });
  const done = withSessionLock(work);
  await vi.advanceTimersByTimeAsync(10_100);
  await expect(done).resolves.toBe('done');
  expect(work).toHaveBeenCalledTimes(1);
});

test("an error is the caller's, and frees the lock", async () => {
  await expect(withSessionLock(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
  await expect(withSessionLock(async () => 'next')).resolves.toBe('next');
});

test('a browser without locks does without', async () => {
  vi.stubGlobal('navigator', {});
  await expect(withSessionLock(async (hasWaited) => hasWaited)).resolves.toBe(false);
});

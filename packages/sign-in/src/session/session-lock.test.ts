import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLocks } from '../../test/locks.ts';
import { reserveSessionLock, withSessionLock } from './session-lock.ts';

const never = new Promise<never>(() => undefined);
let locks: ReturnType<typeof createLocks>;

beforeEach(() => {
  locks = createLocks();
  vi.stubGlobal('navigator', { locks });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('two callers do their work one after the other', async () => {
  const order: string[] = [];
  const first = withSessionLock(async () => {
    order.push('first starts');
    await new Promise((resolve) => setTimeout(resolve, 100));
    order.push('first ends');
  });
  const second = withSessionLock(async () => order.push('second'));
  await vi.advanceTimersByTimeAsync(200);
  await Promise.all([first, second]);
  expect(order).toEqual(['first starts', 'first ends', 'second']);
});

test('a caller that does not get the lock in time goes on without it, and never steals it', async () => {
  void withSessionLock(() => never);
  const second = withSessionLock(async () => 'done');
  await vi.advanceTimersByTimeAsync(5_100);
  await expect(second).resolves.toBe('done');
  expect(locks.requested.map(({ options }) => options.steal)).toEqual([undefined, undefined]);
});

test('work that takes longer than the time-out is not done twice', async () => {
  const work = vi.fn<() => Promise<string>>(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    return 'done';
  });
  const done = withSessionLock(work);
  await vi.advanceTimersByTimeAsync(10_100);
  await expect(done).resolves.toBe('done');
  expect(work).toHaveBeenCalledTimes(1);
});

test('an error of the work reaches its caller and frees the lock', async () => {
  await expect(withSessionLock(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
  await expect(withSessionLock(async () => 'next')).resolves.toBe('next');
});

test('in a browser without Web Locks the work is done without a lock', async () => {
  vi.stubGlobal('navigator', {});
  await expect(withSessionLock(async () => 'done')).resolves.toBe('done');
});

test('work with a reserved lock begins as soon as the lock is granted, and holds it until its end', async () => {
  const withLock = reserveSessionLock();
  await vi.advanceTimersByTimeAsync(900);
  const { promise: answered, resolve: answer } = Promise.withResolvers<string>();
  const work = vi.fn<() => Promise<string>>(() => answered);
  const done = withLock(work);
  await vi.advanceTimersByTimeAsync(0);
  expect(work).toHaveBeenCalledTimes(1);
  const next = vi.fn<() => Promise<void>>(async () => undefined);
  void withSessionLock(next);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(next).not.toHaveBeenCalled();
  answer('done');
  await expect(done).resolves.toBe('done');
  await vi.advanceTimersByTimeAsync(0);
  expect(next).toHaveBeenCalledTimes(1);
});

test('a reservation without work gives the lock back after a second, and later work requests it anew', async () => {
  const withLock = reserveSessionLock();
  const other = vi.fn<() => Promise<void>>(async () => undefined);
  void withSessionLock(other);
  await vi.advanceTimersByTimeAsync(900);
  expect(other).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(other).toHaveBeenCalledTimes(1);
  await expect(withLock(async () => 'late')).resolves.toBe('late');
  expect(locks.requested).toHaveLength(3);
});

test('a reservation is for one piece of work: a second one requests the lock anew', async () => {
  const withLock = reserveSessionLock();
  await expect(withLock(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
  await expect(withLock(async () => 'next')).resolves.toBe('next');
  expect(locks.requested).toHaveLength(2);
});

test('work whose reserved lock is not granted in time goes on without it', async () => {
  void withSessionLock(() => never);
  const done = reserveSessionLock()(async () => 'done');
  await vi.advanceTimersByTimeAsync(5_100);
  await expect(done).resolves.toBe('done');
});

test('in a browser without Web Locks, work with a reserved lock is done without a lock', async () => {
  vi.stubGlobal('navigator', {});
  await expect(reserveSessionLock()(async () => 'done')).resolves.toBe('done');
});

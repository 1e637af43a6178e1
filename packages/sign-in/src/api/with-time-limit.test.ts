import { expect, test, vi } from 'vitest';
import { later, stopClock } from '../../test/later.ts';
import { withTimeLimit } from './with-time-limit.ts';

const never = () => new Promise<never>(() => undefined);

test('work in time has its result, and leaves no timer and no listener behind', async () => {
  stopClock();
  const { signal } = new AbortController();
  const removed = vi.spyOn(signal, 'removeEventListener');
  await expect(withTimeLimit(async () => 'done', { timeoutMs: 1_000, signal })).resolves.toBe('done');
  expect(vi.getTimerCount()).toBe(0);
  expect(removed).toHaveBeenCalledTimes(1);
  await expect(
    withTimeLimit(() => Promise.reject(new Error('failed')), { timeoutMs: 1_000 }),
  ).rejects.toThrow('failed');
  expect(vi.getTimerCount()).toBe(0);
});

test('work that ignores its signal is given up after the time limit, and its signal is aborted', async () => {
  stopClock();
  const work = vi.fn<(signal: AbortSignal) => Promise<never>>(never);
  const given = withTimeLimit(work, { timeoutMs: 1_000 });
  const outcome = given.catch((error: unknown) => error);
  expect(work.mock.calls[0]![0].aborted).toBe(false);
  await later(1_000);
  await expect(outcome).resolves.toMatchObject({ name: 'TimeoutError' });
  expect(work.mock.calls[0]![0].aborted).toBe(true);
});

test('an abort by the caller, before or during the work, rejects with its reason', async () => {
  const reason = new Error('not needed any more');
  const timeoutMs = 60_000;
  await expect(withTimeLimit(never, { timeoutMs, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const given = withTimeLimit(never, { timeoutMs, signal: controller.signal });
  controller.abort(reason);
  await expect(given).rejects.toBe(reason);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefreshOnce } from './refresh-once.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('callers at the same time share one refresh', async () => {
  const { run } = createRefreshOnce<string>();
  const refresh = vi.fn<() => Promise<string>>(async () => 'new');
  expect(await Promise.all([run('a', refresh), run('a', refresh)])).toEqual(['new', 'new']);
  expect(refresh).toHaveBeenCalledTimes(1);
});

test('the result is there for 30 seconds and then forgotten', async () => {
  const { run, findRecent } = createRefreshOnce<string>();
  const refresh = vi.fn<() => Promise<string>>(async () => 'new');
  await run('a', refresh);
  vi.advanceTimersByTime(29_999);
  expect(await run('a', refresh)).toBe('new');
  expect(findRecent('a')).toBe('new');
  vi.advanceTimersByTime(1);
  expect(findRecent('a')).toBeUndefined();
  await run('a', refresh);
  expect(refresh).toHaveBeenCalledTimes(2);
});

test('a failure is shared while it lasts, and not kept', async () => {
  const { run } = createRefreshOnce<string>();
  const refresh = vi.fn<() => Promise<string>>(async () => Promise.reject(new Error('down')));
  const results = await Promise.allSettled([run('a', refresh), run('a', refresh)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(refresh).toHaveBeenCalledTimes(1);
  expect(await run('a', async () => 'new')).toBe('new');
});

test('token sets have nothing to do with each other', async () => {
  const { run } = createRefreshOnce<string>();
  expect(await Promise.all([run('a', async () => 'A'), run('b', async () => 'B')])).toEqual(['A', 'B']);
});

test('closing leaves no timer behind', async () => {
  const { run, close } = createRefreshOnce<string>();
  await run('a', async () => 'new');
  expect(vi.getTimerCount()).toBe(1);
  close();
  expect(vi.getTimerCount()).toBe(0);
});

test('memory is bounded: the oldest go first', async () => {
  const { run, findRecent, close } = createRefreshOnce<string>();
  for (let i = 0; i <= 10_000; i += 1) await run(String(i), async () => 'new');
  expect(findRecent('0')).toBeUndefined();
  expect(findRecent('10000')).toBe('new');
  expect(vi.getTimerCount()).toBe(10_000);
  close();
});

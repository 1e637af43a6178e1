import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createExpiringMap } from './expiring-map.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test('a value is there until its end', () => {
  const map = createExpiringMap<string>(10);
  map.set('a', 'A', 1000);
  vi.setSystemTime(999);
  expect(map.get('a')).toBe('A');
  expect(map.entries()).toEqual([['a', 'A', 1000]]);
  vi.setSystemTime(1000);
  expect(map.get('a')).toBeUndefined();
  expect(map.entries()).toEqual([]);
});

test('it has room for so many: the oldest goes first, and one that was set again is not old', () => {
  const map = createExpiringMap<string>(2);
  for (const id of ['a', 'b', 'a', 'c']) map.set(id, id, 1000);
  expect(map.entries().map(([id]) => id)).toEqual(['a', 'c']);
});

test('what has ended makes room by itself', () => {
  const map = createExpiringMap<string>(2);
  map.set('a', 'A', 500);
  map.set('b', 'B', 2000);
  vi.setSystemTime(600);
  map.set('c', 'C', 2000);
  expect(map.entries().map(([id]) => id)).toEqual(['b', 'c']);
});

test('a deleted value is gone', () => {
  const map = createExpiringMap<string>(2);
  map.set('a', 'A', 1000);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
});

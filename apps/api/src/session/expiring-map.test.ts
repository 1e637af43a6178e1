import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createExpiringMap } from './expiring-map.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test('a value can be read until it expires', () => {
  const map = createExpiringMap<string>(10);
  map.set('a', 'A', 1000);
  vi.setSystemTime(999);
  expect(map.get('a')).toBe('A');
  expect(map.values()).toEqual(['A']);
  vi.setSystemTime(1000);
  expect(map.get('a')).toBeUndefined();
  expect(map.values()).toEqual([]);
});

test('a full map drops the entry that was set longest ago', () => {
  const map = createExpiringMap<string>(2);
  for (const id of ['a', 'b', 'a', 'c']) map.set(id, id, 1000);
  expect(map.values()).toEqual(['a', 'c']);
});

test('an expired entry makes room before any other', () => {
  const map = createExpiringMap<string>(2);
  map.set('a', 'A', 500);
  map.set('b', 'B', 2000);
  vi.setSystemTime(600);
  map.set('c', 'C', 2000);
  expect(map.values()).toEqual(['B', 'C']);
});

test('a deleted value is forgotten', () => {
  const map = createExpiringMap<string>(2);
  map.set('a', 'A', 1000);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
});

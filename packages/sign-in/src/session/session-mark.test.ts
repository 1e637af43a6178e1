import { afterEach, expect, test, vi } from 'vitest';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

const refuse = () => {
  throw new DOMException('full', 'QuotaExceededError');
};

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

test('a mark is there on the next page, until it is taken away', () => {
  writeSessionMark('signed-in');
  expect(readSessionMark()).toBe('signed-in');
  writeSessionMark('none');
  expect(readSessionMark()).toBe('none');
  expect(localStorage).toHaveLength(0);
});

test('what somebody else has written there is no mark', () => {
  localStorage.setItem('session', 'canary');
  expect(readSessionMark()).toBe('none');
});

test('a storage that is full or blocked costs nobody their sign-in', () => {
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse, clear: () => {} });
  expect(() => writeSessionMark('signed-in')).not.toThrow();
  expect(() => writeSessionMark('none')).not.toThrow();
  expect(readSessionMark()).toBe('none');
});

import { afterEach, expect, test, vi } from 'vitest';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

const refuse = () => {
  throw new DOMException('full', 'QuotaExceededError');
};

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

test('a mark stays for the next page until it is removed', () => {
  writeSessionMark('signed-in');
  expect(readSessionMark()).toBe('signed-in');
  writeSessionMark('none');
  expect(readSessionMark()).toBe('none');
  expect(localStorage).toHaveLength(0);
});

test('an unknown value in the storage is no mark', () => {
  localStorage.setItem('oneclick:session', 'canary');
  expect(readSessionMark()).toBe('none');
});

test('a full or blocked storage causes no error', () => {
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse, clear: () => {} });
  expect(() => writeSessionMark('signed-in')).not.toThrow();
  expect(() => writeSessionMark('none')).not.toThrow();
  expect(readSessionMark()).toBe('none');
});

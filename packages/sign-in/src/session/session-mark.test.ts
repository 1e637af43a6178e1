import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
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

test('a value that another script has written makes the client ask the API', () => {
  localStorage.setItem('oneclick:session', 'canary');
  expect(readSessionMark()).toBe('signed-in');
});

test.each(['session', 'session-mark', 'signed-in'])('an entry "%s" of another script is no mark', (key) => {
  localStorage.setItem(key, 'signed-in');
  expect(readSessionMark()).toBe('none');
});

test('a full or blocked storage causes no error', () => {
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse, clear: () => {} });
  expect(() => writeSessionMark('signed-in')).not.toThrow();
  expect(() => writeSessionMark('none')).not.toThrow();
  expect(readSessionMark()).toBe('none');
});

describe('the hint in a cookie', () => {
  const HINT = `oneclick-session_${location.port}`;
  const setHint = (name = HINT) => {
    document.cookie = `${name}=1; Path=/`;
    onTestFinished(() => {
      document.cookie = `${name}=; Max-Age=-1; Path=/`;
    });
  };

  test('a hint is a mark, also without storage', () => {
    setHint();
    expect(readSessionMark()).toBe('signed-in');
    vi.stubGlobal('localStorage', { getItem: refuse, clear: () => {} });
    expect(readSessionMark()).toBe('signed-in');
  });

  test('a sign-out that is pending removes the hint and outweighs one that the API has set since', () => {
    setHint();
    writeSessionMark('sign-out-pending');
    expect(document.cookie).not.toContain(HINT);
    setHint();
    expect(readSessionMark()).toBe('sign-out-pending');
  });

  test('a refused session keeps the hint: the API clears it with the session cookie, or keeps both', () => {
    setHint();
    writeSessionMark('none');
    expect(readSessionMark()).toBe('signed-in');
  });

  test.each(['oneclick-session_9', 'oneclick-session', `x-${HINT}`])('the cookie %s is no hint', (name) => {
    setHint(name);
    expect(readSessionMark()).toBe('none');
  });

  test('the port in the name of the hint is that of the API', () => {
    const meta = document.createElement('meta');
    meta.name = 'api-origin';
    meta.content = 'http://localhost:9';
    document.head.append(meta);
    onTestFinished(() => meta.remove());
    setHint('oneclick-session_9');
    expect(readSessionMark()).toBe('signed-in');
  });

  test('cookies that the browser refuses cause no error', () => {
    vi.spyOn(document, 'cookie', 'get').mockImplementation(refuse);
    vi.spyOn(document, 'cookie', 'set').mockImplementation(refuse);
    expect(() => writeSessionMark('sign-out-pending')).not.toThrow();
    writeSessionMark('none');
    expect(readSessionMark()).toBe('none');
  });
});

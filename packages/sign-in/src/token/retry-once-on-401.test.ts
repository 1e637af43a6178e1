import { describe, expect, test, vi } from 'vitest';
import { SignInError } from '../sign-in-error.ts';
import { retryOnceOn401 } from './retry-once-on-401.ts';

const refuse = (...refused: string[]) =>
  vi.fn<(token: string) => Promise<string>>(async (token) => {
    if (refused.includes(token)) throw new SignInError('invalid_token', { status: 401 });
    return `answer for ${token}`;
  });
const createToken = (first: string | undefined) => {
  let current = first;
  return {
    read: () => current,
    set: (token: string) => {
      current = token;
    },
    refresh: vi.fn<(refused?: string) => Promise<string>>(async () => 'new'),
  };
};

test('an accepted token is not refreshed', async () => {
  const token = createToken('old');
  await expect(retryOnceOn401(refuse(), token)).resolves.toBe('answer for old');
  expect(token.refresh).not.toHaveBeenCalled();
});

test('an expired token is refreshed before the request', async () => {
  const token = createToken(undefined);
  const request = refuse();
  await expect(retryOnceOn401(request, token)).resolves.toBe('answer for new');
  expect(request.mock.calls).toEqual([['new']]);
});

test('after a 401 the refused token is named, and the request is tried once more', async () => {
  const token = createToken('old');
  await expect(retryOnceOn401(refuse('old'), token)).resolves.toBe('answer for new');
  expect(token.refresh.mock.calls).toEqual([['old']]);
});

test('a second 401 is thrown', async () => {
  const request = refuse('old', 'new');
  await expect(retryOnceOn401(request, createToken('old'))).rejects.toMatchObject({ code: 'invalid_token' });
  expect(request).toHaveBeenCalledTimes(2);
});

test('a token that another request has refreshed meanwhile is used without a second refresh', async () => {
  const token = createToken('old');
  const request = vi.fn<(accessToken: string) => Promise<string>>(async (accessToken) => {
    if (accessToken !== 'old') return `answer for ${accessToken}`;
    token.set('refreshed elsewhere');
    throw new SignInError('invalid_token', { status: 401 });
  });
  await expect(retryOnceOn401(request, token)).resolves.toBe('answer for refreshed elsewhere');
  expect(token.refresh).not.toHaveBeenCalled();
});

describe('no refresh', () => {
  test.each([403, 429, 503])('status %i causes no refresh', async (status) => {
    const token = createToken('old');
    const request = () => Promise.reject(new SignInError('internal_error', { status }));
    await expect(retryOnceOn401(request, token)).rejects.toMatchObject({ status });
    expect(token.refresh).not.toHaveBeenCalled();
  });
});

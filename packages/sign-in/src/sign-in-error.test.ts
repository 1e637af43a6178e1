import { expect, test } from 'vitest';
import { isSignInErrorCode, parseErrorDetails, SignInError } from './sign-in-error.ts';

test('the details for a screen are the code and the request id, if there is one', () => {
  expect(new SignInError('provider_timeout', { requestId: 'req-1', status: 504 }).details).toEqual({
    code: 'provider_timeout',
    requestId: 'req-1',
  });
  expect(new SignInError('offline').details).toEqual({ code: 'offline' });
});

test('the details have the status of a server that has answered in place of the API', () => {
  expect(new SignInError('api_unreachable', { status: 502, body: '<h1>' }).details).toEqual({
    code: 'api_unreachable',
    status: 502,
  });
  const left: unknown = JSON.parse(
    JSON.stringify(new SignInError('api_unreachable', { status: 502 }).details),
  );
  expect(parseErrorDetails({ ...Object(left) })).toEqual({ code: 'api_unreachable', status: 502 });
});

test('any other error becomes api_bad_answer and stays its cause', () => {
  const cause = new TypeError('unexpected');
  expect(SignInError.from(cause)).toMatchObject({ code: 'api_bad_answer', retryable: false, cause });
  const error = new SignInError('offline');
  expect(SignInError.from(error)).toBe(error);
});

test('the codes are those of the API and of the browser, and no others', () => {
  expect(['session_expired', 'framed', 'made_up', undefined].map(isSignInErrorCode)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('details from outside need a known code, and keep the request id only if it is text', () => {
  expect(parseErrorDetails({ code: 'offline', requestId: 1, more: 2 })).toEqual({ code: 'offline' });
  expect(parseErrorDetails({ code: '<img src=x>' })).toBeUndefined();
});

import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ERRORS } from './error-status.ts';
import { ErrorResponse, ExchangeTokenRequest, TokenQuery, TokenResponse, Userinfo } from './messages.ts';
import { INCLUDE_USERINFO } from './paths.ts';

const state = 'a'.repeat(43);

test('an authorization response is a code or an error, never both and never neither', () => {
  expect(v.is(ExchangeTokenRequest, { code: 'c', state })).toBe(true);
  expect(v.is(ExchangeTokenRequest, { error: 'access_denied', state })).toBe(true);
  expect(v.is(ExchangeTokenRequest, { code: 'c', error: 'access_denied', state })).toBe(false);
  expect(v.is(ExchangeTokenRequest, { state })).toBe(false);
});

test.each([
  ['an unknown key', { code: 'c', state, redirect_uri: 'https://evil.example' }],
  ['a code with a line break', { code: 'c\r\nx: y', state }],
  ['an empty code', { code: '', state }],
  ['a code of another type', { code: 1, state }],
  ['a code over 2048 characters', { code: 'c'.repeat(2049), state }],
  ['a state that could break out of a cookie name', { code: 'c', state: `${'a'.repeat(42)};` }],
  ['a state of another length', { code: 'c', state: 'a'.repeat(44) }],
])('a request with %s is refused', (_, request) => {
  expect(v.is(ExchangeTokenRequest, request)).toBe(false);
});

test('an older web app ignores what a newer API adds to an answer', () => {
  const answer = { access_token: 't', token_type: 'Bearer', expires_in: 1, scope: '', session_id: 's', x: 1 };
  expect(v.parse(TokenResponse, answer)).not.toHaveProperty('x');
});

test('the query of a page that asks for the account is understood', () => {
  expect(v.parse(TokenQuery, INCLUDE_USERINFO)).toEqual({ include: 'userinfo' });
});

test.each([{}, { include: '' }, { include: 'models' }, { include: ['userinfo', 'models'] }, { more: '1' }])(
  'the query %j is accepted and includes nothing',
  (query) => {
    expect(v.parse(TokenQuery, query).include).toBeUndefined();
  },
);

test('userinfo without the balance scope has no balance, and is valid', () => {
  expect(v.parse(Userinfo, { id: 12345, username: 'user123' })).toEqual({ id: 12345, username: 'user123' });
});

test('an error outside the closed union is not an error response', () => {
  const response = { error: 'no_session', error_description: '', request_id: '', retryable: false };
  expect(v.is(ErrorResponse, response)).toBe(true);
  expect(v.is(ErrorResponse, { ...response, error: 'made_up' })).toBe(false);
});

test('only faults that pass by themselves are retryable', () => {
  const retryable = Object.entries(ERRORS).filter(([, error]) => error.retryable);
  expect(retryable.map(([, { status }]) => status).filter((status) => status < 429)).toEqual([]);
});

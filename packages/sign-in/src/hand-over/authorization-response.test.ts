import { expect, test } from 'vitest';
import { authorizationResponseFromQuery, errorWithoutState } from './authorization-response.ts';

const state = 'a'.repeat(43);

test.each([
  ['a code', `?code=c&state=${state}`, { state, code: 'c' }],
  [
    'an error',
    `?error=access_denied&error_description=%3Cimg%3E&state=${state}`,
    { state, error: 'access_denied' },
  ],
  ['a code and unknown parameters', `?code=c&state=${state}&iss=x&session_state=y`, { state, code: 'c' }],
  ['a code and an error', `?code=c&error=access_denied&state=${state}`, { state, error: 'access_denied' }],
])('the query with %s is a response', (_, query, response) => {
  expect(authorizationResponseFromQuery(query)).toEqual(response);
});

test.each([
  ['nothing', ''],
  ['no state', '?code=c'],
  ['a state of another form', '?code=c&state=x'],
  ['a state twice', `?code=c&state=${state}&state=${state}`],
  ['a code twice', `?code=c&code=d&state=${state}`],
  ['an empty code', `?code=&state=${state}`],
  ['a code of 100 KB', `?code=${'c'.repeat(1e5)}&state=${state}`],
  ['an error with a line break', `?error=a%0Ab&state=${state}`],
])('the query with %s is no response', (_, query) => {
  expect(authorizationResponseFromQuery(query)).toBeUndefined();
});

test.each([
  ['no state', '?error=access_denied&error_description=x', 'access_denied'],
  ['an empty state', '?error=server_error&state=', 'server_error'],
  ['a code', '?error=access_denied&code=c', 'access_denied'],
  ['a state', `?error=access_denied&state=${state}`, undefined],
  ['a state of another form', '?error=access_denied&state=x', undefined],
  ['no error', '?code=c', undefined],
  ['an empty error', '?error=', undefined],
  ['two errors', '?error=a&error=b', undefined],
  ['a line break', '?error=a%0Ab', undefined],
])('an error with %s is an error without state, or none', (_, query, error) => {
  expect(errorWithoutState(query)).toBe(error);
});

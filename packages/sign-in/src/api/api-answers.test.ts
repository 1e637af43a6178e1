import { StartResponse, TokenResponse } from '@oneclick/shared/messages';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { parseStartResponse, parseTokenResponse } from './api-answers.ts';

const token = { access_token: 't', token_type: 'Bearer', expires_in: 7200, scope: '', session_id: 's' };
const start = { authorizationUrl: 'https://p.example/', state: 's'.repeat(43), expiresIn: 600 };

const accepts = (parse: (body: unknown) => unknown, body: unknown) => {
  try {
    return { accepted: parse(body) };
  } catch {
    return 'refused';
  }
};
const contract = (schema: v.GenericSchema, body: unknown) => {
  const { success, output } = v.safeParse(schema, body);
  return success ? { accepted: output } : 'refused';
};

const ODD = [undefined, null, '', 'x', 0, -1, 1.5, Infinity, NaN, true, {}, [], 'Bearer', 'bearer'];
const withOneOdd = (good: object) =>
  Object.keys(good).flatMap((key) => ODD.map((odd) => ({ ...good, [key]: odd })));

describe('is checked as the schema of the contract does', () => {
  test.each([
    token,
    { ...token, more: 1 },
    { ...token, expires_in: 0 },
    null,
    'text',
    [],
    ...withOneOdd(token),
  ])('a token response: %j', (body) => {
    expect(accepts(parseTokenResponse, body)).toEqual(contract(TokenResponse, body));
  });

  test.each([start, { ...start, more: 1 }, { ...start, state: 'short' }, null, [], ...withOneOdd(start)])(
    'a start response: %j',
    (body) => {
      expect(accepts(parseStartResponse, body)).toEqual(contract(StartResponse, body));
    },
  );
});

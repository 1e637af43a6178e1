import { StartResponse, TokenResponse, TopupResponse, Userinfo } from '@oneclick/shared/messages';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { userinfo } from '../../test/answers.ts';
import { parseStartResponse, parseTokenResponse, parseTopupResponse, parseUserinfo } from './api-answers.ts';

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

const ODD = [
  undefined,
  null,
  '',
  'x',
  'x'.repeat(513),
  'x'.repeat(2049),
  0,
  -1,
  1.5,
  Infinity,
  NaN,
  true,
  {},
  [],
  'Bearer',
  'bearer',
];
const token = { access_token: 't', token_type: 'Bearer', expires_in: 7200, scope: '', session_id: 's' };
const start = { authorizationUrl: 'https://p.example/', state: 's'.repeat(43), expiresIn: 600 };

test('a token response contains the account if the answer has one', () => {
  expect(parseTokenResponse({ ...token, userinfo: { ...userinfo, more: 1 } })).toEqual({
    ...token,
    userinfo,
  });
});

test.each([null, 'text', [], {}, { ...userinfo, id: '1' }, { ...userinfo, username: 'x'.repeat(513) }])(
  'a token response with the malformed account %j is accepted without it',
  (malformed) => {
    expect(parseTokenResponse({ ...token, userinfo: malformed })).toStrictEqual(token);
  },
);

describe.each([
  ['a token response', parseTokenResponse, TokenResponse, token],
  ['a start response', parseStartResponse, StartResponse, start],
  ['a top-up response', parseTopupResponse, TopupResponse, { topup_url: 'https://p.example/' }],
  ['userinfo', parseUserinfo, Userinfo, userinfo],
])('%s is checked as the schema of the contract does', (_, parse, schema, good) => {
  test.each([
    good,
    { ...good, more: 1 },
    null,
    'text',
    [],
    ...Object.keys(good).flatMap((key) => ODD.map((odd) => ({ ...good, [key]: odd }))),
  ])('%j', (body) => {
    expect(accepts(parse, body)).toEqual(contract(schema, body));
  });
});

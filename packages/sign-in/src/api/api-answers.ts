import type { StartResponse, TopupResponse, TokenResponse, Userinfo } from '@oneclick/shared/messages';
import { STATE } from '@oneclick/shared/patterns';
import { recordFrom } from '../record.ts';

/*
 * The answers of the API, checked without the schema library: it would be a third of the package. The test compares
 * each parser with the schema of the contract.
 */

type Guard<T> = (value: unknown) => value is T;
type Guards = Record<string, Guard<unknown>>;
type Guarded<G extends Guards> = { [K in keyof G]: G[K] extends Guard<infer T> ? T : never };

/** Returns a parser that copies the known fields, drops the others, and throws if a field does not match. */
function parserOf<G extends Guards>(guards: G): (body: unknown) => Guarded<G> {
  const matches = (fields: object): fields is Guarded<G> =>
    Object.entries(fields).every(([name, value]) => guards[name]?.(value));
  return (body) => {
    const record = recordFrom(body);
    const fields = Object.fromEntries(Object.keys(guards).map((name) => [name, record[name]]));
    if (matches(fields)) return fields;
    throw new TypeError('unexpected answer');
  };
}

const isString: Guard<string> = (value): value is string => typeof value === 'string';
const isText: Guard<string> = (value): value is string => isString(value) && value !== '';
const isShorterThan =
  (limit: number): Guard<string> =>
  (value): value is string =>
    isString(value) && value.length <= limit;
const isNumber: Guard<number> = (value): value is number => typeof value === 'number' && value === value;
const isInteger: Guard<number> = (value): value is number => Number.isInteger(value);
const isAtLeast =
  (least: number, guard: Guard<number>): Guard<number> =>
  (value): value is number =>
    guard(value) && value >= least;
const isOptional =
  <T>(guard: Guard<T>): Guard<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || guard(value);

const parseToken = parserOf({
  access_token: isText,
  token_type: (value): value is 'Bearer' => value === 'Bearer',
  expires_in: isAtLeast(0, isInteger),
  scope: isString,
  session_id: isText,
});

/**
 * The account is missing in the answer of an older API. A malformed one is dropped: the page asks for the account then.
 * @throws {TypeError} if the body is not a token response
 */
export function parseTokenResponse(body: unknown): TokenResponse {
  const token = parseToken(body);
  try {
    return { ...token, userinfo: parseUserinfo(recordFrom(body)['userinfo']) };
  } catch {
    return token;
  }
}

/** @throws {TypeError} if the body is not a start response */
export const parseStartResponse: (body: unknown) => StartResponse = parserOf({
  authorizationUrl: isString,
  state: (value): value is string => isString(value) && STATE.test(value),
  expiresIn: isAtLeast(1, isInteger),
});

/** @throws {TypeError} if the body is not a top-up response */
export const parseTopupResponse: (body: unknown) => TopupResponse = parserOf({
  topup_url: isShorterThan(2048),
});

const isOptionalText = isOptional(isShorterThan(512));
const isOptionalNumber = isOptional(isNumber);

const parseAccount = parserOf({
  id: isOptional(isInteger),
  username: isOptionalText,
  email: isOptionalText,
  quota: isOptionalNumber,
  used_quota: isOptionalNumber,
  balance_formatted: isOptionalText,
  created_time: isOptional(isAtLeast(0, isNumber)),
  status: isOptional(isInteger),
});

/** @throws {TypeError} if the body is not userinfo */
export function parseUserinfo(body: unknown): Userinfo {
  const account = parseAccount(body);
  if (Object.values(account).some((field) => field !== undefined)) return account;
  throw new TypeError('unexpected answer');
}

import { ERRORS } from '@oneclick/shared/errors';
import { ErrorResponse } from '@oneclick/shared/messages';
import type { LightMyRequestResponse } from 'fastify';
import * as v from 'valibot';
import { expect } from 'vitest';

/** Of a protected answer, whatever it says. */
export function expectProtected(response: LightMyRequestResponse): void {
  expect(response.statusCode).not.toBe(500);
  expect(response.headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect(response.headers['content-security-policy']).toContain("default-src 'none'");
  expect(response.headers['x-powered-by']).toBeUndefined();
}

/** @returns the code, if the answer is an error; then it is one of ours, in our form */
export function codeOf(response: LightMyRequestResponse): string | undefined {
  if (response.statusCode < 400 || response.raw.req.method === 'HEAD') return undefined;
  const { error } = v.parse(v.strictObject(ErrorResponse.entries), response.json());
  expect(ERRORS[error].status).toBe(response.statusCode);
  return error;
}

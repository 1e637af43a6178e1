import { ERRORS } from '@oneclick/shared/error-status';
import { ErrorResponse } from '@oneclick/shared/messages';
import type { LightMyRequestResponse } from 'fastify';
import * as v from 'valibot';
import { expect } from 'vitest';

/** Expects the security headers, and any status but 500. */
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

/** @returns the error code of an answer in the usual form, or undefined if the answer is not an error */
export function codeOf(response: LightMyRequestResponse): string | undefined {
  if (response.statusCode < 400 || response.raw.req.method === 'HEAD') return undefined;
  const { error } = v.parse(v.strictObject(ErrorResponse.entries), response.json());
  expect(ERRORS[error].status).toBe(response.statusCode);
  return error;
}

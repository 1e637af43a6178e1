import { ERRORS } from '@oneclick/shared/error-status';
import { ErrorResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { LightMyRequestResponse } from 'fastify';
import * as v from 'valibot';
import { expect } from 'vitest';

/** Expects the security headers, and any status but 500. */
export function expectProtected(response: LightMyRequestResponse): void {
  expect(response.statusCode).not.toBe(500);
  // The public keys are the only answer that a cache may keep. Their errors are not.
  const isKeySet = response.statusCode === 200 && response.raw.req.url?.split('?')[0] === PATHS.jwks;
  expect(response.headers).toMatchObject({
    'cache-control': isKeySet ? 'public, max-age=300' : 'no-store',
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

import { hkdfSync } from 'node:crypto';
import * as v from 'valibot';
import { openJson, sealJson } from '../sealed-json.ts';
import { Session } from '../session/session.ts';

/** The outcome of a refresh, for all requests with the same token set. */
const RefreshOutcome = v.variant('status', [
  v.object({ status: v.literal('refreshed'), session: Session }),
  /** The provider answered `invalid_grant`. */
  v.object({ status: v.literal('refused') }),
]);
export type RefreshOutcome = v.InferOutput<typeof RefreshOutcome>;

/** The id under which an outcome is stored, and the key that seals it. */
export interface RefreshRecord {
  id: string;
  sealingKey: Uint8Array;
}

/**
 * Derives both from the refresh token and the id of the token set, 122 random bits that only the sealed cookie contains.
 * So only an instance that has opened the cookie can open its record, and a copy of Redis contains neither a token nor a
 * key. The session keys are not used, because instances have different ones while keys are replaced.
 *
 * @returns undefined for a session that can't be refreshed
 */
export function refreshRecordOf({ tokenSetId, refreshToken }: Session): RefreshRecord | undefined {
  if (refreshToken === undefined) return undefined;
  const bytes = Buffer.from(hkdfSync('sha256', refreshToken, tokenSetId, 'refresh record', 64));
  return { id: bytes.subarray(0, 32).toString('base64url'), sealingKey: new Uint8Array(bytes.subarray(32)) };
}

export function sealOutcome({ sealingKey }: RefreshRecord, outcome: RefreshOutcome): string {
  return sealJson(outcome, sealingKey);
}

/** @throws if the outcome was sealed for another record, or was changed */
export function openOutcome({ sealingKey }: RefreshRecord, sealed: string): RefreshOutcome {
  return openJson(sealed, { findKey: () => sealingKey, schema: RefreshOutcome });
}

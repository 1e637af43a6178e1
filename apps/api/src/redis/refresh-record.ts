import { hkdfSync } from 'node:crypto';
import * as v from 'valibot';
import { openJson, sealJson } from '../sealed-json.ts';
import { Session } from '../session/session.ts';

/** What a refresh came to, for those who hold the same token set. */
const RefreshOutcome = v.variant('status', [
  v.object({ status: v.literal('refreshed'), session: Session }),
  /** The provider said `invalid_grant`. */
  v.object({ status: v.literal('refused') }),
]);
export type RefreshOutcome = v.InferOutput<typeof RefreshOutcome>;

/** Where an outcome is stored, and what it is sealed with. */
export interface RefreshRecord {
  id: string;
  sealingKey: Uint8Array;
}

/**
 * Both come from the refresh token and the id of the token set, 122 random bits that are nowhere but in the sealed
 * cookie. So whoever opens a record has opened the cookie it belongs to, with a session key; whoever has only the
 * store finds neither tokens in it nor a key to them. The session keys themselves stay out of it, since instances
 * have different ones while keys are rotated.
 *
 * @returns undefined for a session that can't be refreshed
 */
export function refreshRecordOf({ tokenSetId, refreshToken }: Session): RefreshRecord | undefined {
  if (refreshToken === undefined) return undefined;
  const bytes = Buffer.from(hkdfSync('sha256', refreshToken, tokenSetId, 'refresh record', 64));
  return { id: bytes.subarray(0, 32).toString('base64url'), sealingKey: new Uint8Array(bytes.subarray(32)) };
}

export function sealOutcome({ sealingKey }: RefreshRecord, outcome: RefreshOutcome): Promise<string> {
  return sealJson(outcome, sealingKey);
}

/** @throws if the outcome was sealed for another record, or was changed */
export function openOutcome({ sealingKey }: RefreshRecord, sealed: string): Promise<RefreshOutcome> {
  return openJson(sealed, { findKey: () => sealingKey, schema: RefreshOutcome });
}

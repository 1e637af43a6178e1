import { expect, test } from 'vitest';
import { exampleSession } from '../../test/support/example-session.ts';
import { openOutcome, refreshRecordOf, sealOutcome, type RefreshRecord } from './refresh-record.ts';

const session = exampleSession();
const outcome = { status: 'refreshed', session: exampleSession() } as const;

function recordOf(change: Partial<typeof session> = {}): RefreshRecord {
  const record = refreshRecordOf({ ...session, ...change });
  if (!record) throw new Error('a record expected');
  return record;
}

test('whoever has the cookie opens it, however far the session has been sealed anew', async () => {
  const sealed = await sealOutcome(recordOf(), outcome);
  expect(await openOutcome(recordOf({ issuedAt: 1, idleEndsAt: 2 }), sealed)).toEqual(outcome);
});

test.each([
  ['the refresh token alone', { tokenSetId: exampleSession().tokenSetId }],
  ['the id of the token set alone', { refreshToken: 'refresh-other' }],
])('%s opens nothing, and finds nothing', async (_, change) => {
  const sealed = await sealOutcome(recordOf(), outcome);
  await expect(openOutcome(recordOf(change), sealed)).rejects.toThrow('decryption operation failed');
  expect(recordOf(change).id).not.toBe(recordOf().id);
});

test('the id does not tell the key', () => {
  const { id, sealingKey } = recordOf();
  expect(Buffer.from(sealingKey).toString('base64url')).not.toBe(id);
  expect(id).toMatch(/^[\w-]{43}$/);
});

test('a session that cannot be refreshed has none', () => {
  const { refreshToken: _, ...withoutRefreshToken } = session;
  expect(refreshRecordOf(withoutRefreshToken)).toBeUndefined();
});

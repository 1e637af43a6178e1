import { expect, test } from 'vitest';
import { exampleSession } from '../../test/support/example-session.ts';
import { openOutcome, refreshRecordOf, sealOutcome, type RefreshRecord } from './refresh-record.ts';

const session = exampleSession();
const outcome = { status: 'refreshed', session: exampleSession() } as const;

function recordOf(change: Partial<typeof session> = {}): RefreshRecord {
  const record = refreshRecordOf({ ...session, ...change });
  if (!record) throw new Error('expected a record');
  return record;
}

test('a record opens with any later cookie of the same tokens', () => {
  const sealed = sealOutcome(recordOf(), outcome);
  expect(openOutcome(recordOf({ issuedAt: 1, idleEndsAt: 2 }), sealed)).toEqual(outcome);
});

test.each([
  ['the same refresh token alone', { tokenSetId: exampleSession().tokenSetId }],
  ['the same id of the token set alone', { refreshToken: 'refresh-other' }],
])('%s neither finds nor opens a record', (_, change) => {
  const sealed = sealOutcome(recordOf(), outcome);
  expect(() => openOutcome(recordOf(change), sealed)).toThrow('unable to authenticate data');
  expect(recordOf(change).id).not.toBe(recordOf().id);
});

test('the id of a record does not reveal its key', () => {
  const { id, sealingKey } = recordOf();
  expect(Buffer.from(sealingKey).toString('base64url')).not.toBe(id);
  expect(id).toMatch(/^[\w-]{43}$/);
});

test('a session without a refresh token has no record', () => {
  const { refreshToken: _, ...withoutRefreshToken } = session;
  expect(refreshRecordOf(withoutRefreshToken)).toBeUndefined();
});

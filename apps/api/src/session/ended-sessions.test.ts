import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exampleSession } from '../../test/support/example-session.ts';
import { createEndedSessions } from './ended-sessions.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 0 }));
afterEach(() => void vi.useRealTimers());

test('an ended session is remembered until its cookie expires', async () => {
  const session = exampleSession();
  const endedSessions = createEndedSessions();
  await endedSessions.add(session);
  vi.setSystemTime(session.endsAt * 1000 - 1);
  expect(await endedSessions.has(session)).toBe(true);
  expect(await endedSessions.has(exampleSession())).toBe(false);
});

import { expect, test } from 'vitest';
import { mayFollow, type SessionState, sessionStatus } from './session-state.ts';

type Name = SessionState['name'];

const STATES = {
  restoring: { name: 'restoring' },
  'signed-out': { name: 'signed-out' },
  'window-opening': { name: 'window-opening' },
  'window-waiting': { name: 'window-waiting' },
  'window-lost': { name: 'window-lost' },
  'continuing-here': { name: 'continuing-here' },
  exchanging: { name: 'exchanging' },
  'signed-in': { name: 'signed-in', sessionId: 'session-1', scope: 'profile' },
  ended: { name: 'ended', notice: { code: 'session_expired' } },
} satisfies { [name in Name]: SessionState & { name: name } };

/** Where each state may lead, besides to `restoring` and `signed-out`, which everyone may do. */
const LEADS: { [name in Name]: Name[] } = {
  restoring: ['signed-in', 'ended'],
  'signed-out': ['window-opening', 'continuing-here'],
  'window-opening': ['window-opening', 'window-waiting', 'continuing-here', 'exchanging'],
  'window-waiting': ['window-opening', 'window-lost', 'continuing-here', 'exchanging'],
  'window-lost': ['window-opening', 'continuing-here', 'exchanging'],
  'continuing-here': ['exchanging'],
  exchanging: ['signed-in'],
  'signed-in': ['signed-in', 'ended'],
  ended: ['window-opening', 'continuing-here'],
};

test.each(Object.values(STATES))('$name leads where it should, and nowhere else', ({ name }) => {
  const reachable = Object.values(STATES).filter((next) => mayFollow(next.name, name));
  expect(reachable.map((next) => next.name).toSorted()).toEqual(
    ['restoring', 'signed-out', ...LEADS[name]].toSorted(),
  );
});

test('five words say it for a style sheet; with the window lost from sight the button is back', () => {
  expect(Object.values(STATES).map((state) => [state.name, sessionStatus(state)])).toEqual([
    ['restoring', 'restoring'],
    ['signed-out', 'signed-out'],
    ['window-opening', 'signing-in'],
    ['window-waiting', 'signing-in'],
    ['window-lost', 'signed-out'],
    ['continuing-here', 'signing-in'],
    ['exchanging', 'signing-in'],
    ['signed-in', 'signed-in'],
    ['ended', 'ended'],
  ]);
});

import { describe, expect, test } from 'vitest';
import type { Notice } from '../fault.ts';
import { type SessionEvent, type SessionState, sessionStatus, transition } from './session-state.ts';

const notice: Notice = { code: 'provider_unavailable', requestId: 'req-1' };

const STATES = {
  restoring: { name: 'restoring' },
  'signed-out': { name: 'signed-out' },
  'window-opening': { name: 'window-opening' },
  'window-waiting': { name: 'window-waiting' },
  'window-lost': { name: 'window-lost' },
  'continuing-here': { name: 'continuing-here' },
  exchanging: { name: 'exchanging' },
  'signed-in': { name: 'signed-in', sessionId: 'session-1', scope: 'profile' },
  ended: { name: 'ended', notice },
} satisfies { [name in SessionState['name']]: SessionState & { name: name } };

const EVENTS: { [type in SessionEvent['type']]: SessionEvent & { type: type } } = {
  'look-up': { type: 'look-up' },
  'nobody-there': { type: 'nobody-there' },
  token: { type: 'token', sessionId: 'session-2', scope: 'profile balance' },
  trouble: { type: 'trouble', notice },
  'trouble-over': { type: 'trouble-over' },
  'window-opened': { type: 'window-opened' },
  'window-left': { type: 'window-left' },
  'window-lost': { type: 'window-lost' },
  'going-on-here': { type: 'going-on-here' },
  answered: { type: 'answered' },
  failed: { type: 'failed', notice },
  'signed-out': { type: 'signed-out' },
  ended: { type: 'ended', notice },
};

/** Where each event leads from each state. What is not here changes nothing. */
const LEADS: { [type in SessionEvent['type']]: { [name in SessionState['name']]?: SessionState['name'] } } = {
  'look-up': {
    'signed-out': 'restoring',
    'window-opening': 'restoring',
    'window-waiting': 'restoring',
    'window-lost': 'restoring',
    'continuing-here': 'restoring',
    exchanging: 'restoring',
    'signed-in': 'restoring',
    ended: 'restoring',
  },
  'nobody-there': { restoring: 'signed-out' },
  token: { restoring: 'signed-in', exchanging: 'signed-in', 'signed-in': 'signed-in' },
  trouble: { restoring: 'restoring', 'signed-in': 'signed-in' },
  'trouble-over': { restoring: 'restoring', 'signed-in': 'signed-in' },
  'window-opened': {
    'signed-out': 'window-opening',
    ended: 'window-opening',
    'window-opening': 'window-opening',
    'window-waiting': 'window-opening',
    'window-lost': 'window-opening',
  },
  'window-left': { 'window-opening': 'window-waiting' },
  'window-lost': { 'window-waiting': 'window-lost' },
  'going-on-here': {
    'signed-out': 'continuing-here',
    ended: 'continuing-here',
    'window-opening': 'continuing-here',
    'window-waiting': 'continuing-here',
    'window-lost': 'continuing-here',
  },
  answered: { 'window-opening': 'exchanging', 'window-waiting': 'exchanging', 'window-lost': 'exchanging' },
  failed: {
    'signed-out': 'signed-out',
    ended: 'signed-out',
    'window-opening': 'signed-out',
    'window-waiting': 'signed-out',
    'window-lost': 'signed-out',
    'continuing-here': 'signed-out',
    exchanging: 'signed-out',
  },
  'signed-out': {
    restoring: 'signed-out',
    'signed-out': 'signed-out',
    'window-opening': 'signed-out',
    'window-waiting': 'signed-out',
    'window-lost': 'signed-out',
    'continuing-here': 'signed-out',
    exchanging: 'signed-out',
    'signed-in': 'signed-out',
    ended: 'signed-out',
  },
  ended: { restoring: 'ended', 'signed-in': 'ended' },
};

describe.each(Object.values(STATES))('$name', (state) => {
  test.each(Object.values(EVENTS))('on $type', (event) => {
    const next = transition(state, event);
    const isHeard = state.name in LEADS[event.type];
    expect(next.name).toBe(LEADS[event.type][state.name] ?? state.name);
    // The very same object: nobody is told of a change that is none.
    expect(isHeard || next === state).toBe(true);
  });
});

test('what is wrong is kept over the account until it is over, and goes with the next token', () => {
  const troubled = transition(STATES['signed-in'], EVENTS.trouble);
  expect(troubled).toEqual({ ...STATES['signed-in'], trouble: notice });
  expect(transition(troubled, EVENTS['trouble-over'])).toEqual(STATES['signed-in']);
  expect(transition(troubled, EVENTS.token)).toEqual({
    name: 'signed-in',
    sessionId: 'session-2',
    scope: 'profile balance',
  });
});

test('what is wrong stays on the screen while a session is looked up again', () => {
  const troubled = transition(STATES.restoring, EVENTS.trouble);
  expect(transition(troubled, EVENTS['look-up'])).toBe(troubled);
});

test('a person is told why', () => {
  for (const event of [EVENTS.failed, { ...EVENTS['nobody-there'], notice }]) {
    const from = event.type === 'failed' ? STATES.exchanging : STATES.restoring;
    expect(transition(from, event)).toEqual({ name: 'signed-out', notice });
  }
  expect(transition(STATES['signed-in'], EVENTS.ended)).toEqual({ name: 'ended', notice });
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

import type { Notice } from '../fault.ts';

/*
 * The states of the sign-in, which are what a person sees, and the one place where one leads to another.
 * No token is in them. The README of this app draws them.
 */

export type SessionState =
  /** A session may be there. `trouble`: it could not be asked for yet, and is asked for again. */
  | { name: 'restoring'; trouble?: Notice }
  /** `notice`: why, if the person should know. */
  | { name: 'signed-out'; notice?: Notice }
  /** The window shows a page of ours, and the API is asked where to send it. */
  | { name: 'window-opening' }
  /** The window is at the provider. */
  | { name: 'window-waiting' }
  /** Closed, or cut off by the provider's page and still in front of the person: we can't tell. */
  | { name: 'window-lost' }
  /** This tab is about to go to the provider itself. */
  | { name: 'continuing-here' }
  /** The provider's answer is here. */
  | { name: 'exchanging' }
  /** `trouble`: offline, or the token could not be refreshed yet. The session goes on. */
  | { name: 'signed-in'; sessionId: string; scope: string; trouble?: Notice }
  /** Signed in until just now. */
  | { name: 'ended'; notice: Notice };

export type SessionEvent =
  /** A session is looked for: on load, on return, or because another tab has signed in. */
  | { type: 'look-up' }
  | { type: 'nobody-there'; notice?: Notice }
  /** An access token is here: restored, exchanged, refreshed, or handed over by another tab. */
  | { type: 'token'; sessionId: string; scope: string }
  | { type: 'trouble'; notice: Notice }
  | { type: 'trouble-over' }
  | { type: 'window-opened' }
  | { type: 'window-left' }
  | { type: 'window-lost' }
  | { type: 'going-on-here' }
  | { type: 'answered' }
  | { type: 'failed'; notice: Notice }
  | { type: 'signed-out' }
  | { type: 'ended'; notice: Notice };

type Name = SessionState['name'];

const OUTSIDE = ['signed-out', 'ended'] as const;
const WINDOW = ['window-opening', 'window-waiting', 'window-lost'] as const;
const SIGNING_IN = [...WINDOW, 'continuing-here', 'exchanging'] as const;

/** In which states an event means something. In any other it changes nothing. */
const HEARD_IN: { [type in SessionEvent['type']]: readonly Name[] | 'everywhere' } = {
  'look-up': 'everywhere',
  'nobody-there': ['restoring'],
  token: ['restoring', 'exchanging', 'signed-in'],
  trouble: ['restoring', 'signed-in'],
  'trouble-over': ['restoring', 'signed-in'],
  'window-opened': [...OUTSIDE, ...WINDOW],
  'window-left': ['window-opening'],
  'window-lost': ['window-waiting'],
  'going-on-here': [...OUTSIDE, ...WINDOW],
  answered: WINDOW,
  failed: [...OUTSIDE, ...SIGNING_IN],
  'signed-out': 'everywhere',
  ended: ['restoring', 'signed-in'],
};

/** The state after the event; the same one if the event means nothing in it. */
export function transition(state: SessionState, event: SessionEvent): SessionState {
  const heardIn = HEARD_IN[event.type];
  if (heardIn !== 'everywhere' && !heardIn.includes(state.name)) return state;
  switch (event.type) {
    case 'look-up':
      // Trouble stays on the screen while it is tried again.
      return state.name === 'restoring' ? state : { name: 'restoring' };
    case 'nobody-there':
      return { name: 'signed-out', ...(event.notice && { notice: event.notice }) };
    case 'token':
      return { name: 'signed-in', sessionId: event.sessionId, scope: event.scope };
    case 'trouble':
      return state.name === 'signed-in'
        ? { ...state, trouble: event.notice }
        : { name: 'restoring', trouble: event.notice };
    case 'trouble-over':
      return state.name === 'signed-in'
        ? { name: 'signed-in', sessionId: state.sessionId, scope: state.scope }
        : { name: 'restoring' };
    case 'window-opened':
      return { name: 'window-opening' };
    case 'window-left':
      return { name: 'window-waiting' };
    case 'window-lost':
      return { name: 'window-lost' };
    case 'going-on-here':
      return { name: 'continuing-here' };
    case 'answered':
      return { name: 'exchanging' };
    case 'failed':
      return { name: 'signed-out', notice: event.notice };
    case 'signed-out':
      return { name: 'signed-out' };
    case 'ended':
      return { name: 'ended', notice: event.notice };
  }
}

export type SessionStatus = 'restoring' | 'signed-out' | 'signing-in' | 'signed-in' | 'ended';

/** The state in five words, for a style sheet and for tests from outside. */
export function sessionStatus({ name }: SessionState): SessionStatus {
  switch (name) {
    case 'restoring':
    case 'signed-in':
    case 'signed-out':
    case 'ended':
      return name;
    // The button is back: who has closed the window may begin again, and a late answer still signs in.
    case 'window-lost':
      return 'signed-out';
    case 'window-opening':
    case 'window-waiting':
    case 'continuing-here':
    case 'exchanging':
      return 'signing-in';
  }
}

import type { Notice } from '../api/fault.ts';

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

type Name = SessionState['name'];

const OUTSIDE = ['signed-out', 'ended'] as const;
const WINDOW = ['window-opening', 'window-waiting', 'window-lost'] as const;

/** From which states each one may be reached. */
const MAY_FOLLOW: { [name in Name]: readonly Name[] | 'any' } = {
  /** On load, on return to the page, and because another tab has signed in. */
  restoring: 'any',
  'signed-out': 'any',
  /** The same attempt may open a window again. */
  'window-opening': [...OUTSIDE, ...WINDOW],
  'window-waiting': ['window-opening'],
  'window-lost': ['window-waiting'],
  'continuing-here': [...OUTSIDE, ...WINDOW],
  /** A late answer, too: before this tab has left, the window may be faster. */
  exchanging: [...WINDOW, 'continuing-here'],
  /** With a token that was restored, exchanged, refreshed, or handed over by another tab. */
  'signed-in': ['restoring', 'exchanging', 'signed-in'],
  ended: ['restoring', 'signed-in'],
};

export function mayFollow(next: Name, current: Name): boolean {
  return MAY_FOLLOW[next] === 'any' || MAY_FOLLOW[next].includes(current);
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

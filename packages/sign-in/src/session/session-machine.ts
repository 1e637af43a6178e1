import type { SessionData } from './session.ts';

/*
 * The steps of a session, and the one table of what may follow what. The README draws it.
 */

/** `step` of a session that has one, else `status`. */
export type SessionStep =
  Extract<SessionData, { step: unknown }>['step'] | Exclude<SessionData, { step: unknown }>['status'];

export function stepOf(session: SessionData): SessionStep {
  return 'step' in session ? session.step : session.status;
}

const SIGNED_OUT = ['idle', 'ended'] as const;
const WINDOW = ['opening-window', 'waiting-for-provider', 'window-lost'] as const;

/** From which steps each one may be reached. */
const MAY_FOLLOW: { [step in SessionStep]: readonly SessionStep[] | 'any' } = {
  /** On load, on return to the page, and when another tab has signed in. */
  loading: 'any',
  idle: 'any',
  /** A transaction may open a window again. */
  'opening-window': [...SIGNED_OUT, ...WINDOW],
  'waiting-for-provider': ['opening-window'],
  'window-lost': ['waiting-for-provider'],
  redirecting: [...SIGNED_OUT, ...WINDOW],
  /** Also from `redirecting`: until this tab has left, the window may answer. */
  'exchanging-code': [...WINDOW, 'redirecting'],
  /** With a token that was restored, exchanged or refreshed. */
  'signed-in': ['loading', 'exchanging-code', 'signed-in'],
  ended: ['loading', 'signed-in'],
};

export function mayFollow(next: SessionStep, current: SessionStep): boolean {
  return MAY_FOLLOW[next] === 'any' || MAY_FOLLOW[next].includes(current);
}

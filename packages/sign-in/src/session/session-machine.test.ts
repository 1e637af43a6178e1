import { expect, test } from 'vitest';
import { mayFollow, type SessionStep } from './session-machine.ts';

/** Where each step may lead, besides to `loading` and `idle`, which may follow every step. */
const LEADS_TO: [step: SessionStep, next: SessionStep[]][] = [
  ['loading', ['signed-in', 'ended']],
  ['idle', ['opening-window', 'redirecting']],
  ['opening-window', ['opening-window', 'waiting-for-provider', 'redirecting', 'exchanging-code']],
  ['waiting-for-provider', ['opening-window', 'window-lost', 'redirecting', 'exchanging-code']],
  ['window-lost', ['opening-window', 'redirecting', 'exchanging-code']],
  ['redirecting', ['exchanging-code']],
  ['exchanging-code', ['signed-in']],
  ['signed-in', ['signed-in', 'ended']],
  ['ended', ['opening-window', 'redirecting']],
];

const STEPS = LEADS_TO.map(([step]) => step);

test.each(LEADS_TO)('%s leads to its next steps, and to no other', (current, next) => {
  const reachable = STEPS.filter((step) => mayFollow(step, current));
  expect(reachable.toSorted()).toEqual(['loading', 'idle', ...next].toSorted());
});

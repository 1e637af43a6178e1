import { expect, test, vi } from 'vitest';
import type { SessionData } from './session.ts';
import { createSessionStore } from './session-store.ts';

const SIGNED_IN: SessionData = { status: 'signed-in', sessionId: 'session-1', scopes: ['profile'] };

test('the session is the same object until it changes, and each listener is called after a change', () => {
  const store = createSessionStore();
  const before = store.getSession();
  expect(store.getSession()).toBe(before);
  const onChange = vi.fn<() => void>();
  const unsubscribe = store.subscribe(onChange);
  expect(store.transition(SIGNED_IN)).toBe(true);
  expect(store.getSession()).not.toBe(before);
  expect(store.getSession()).toMatchObject({ isSignedIn: true, sessionId: 'session-1' });
  unsubscribe();
  store.transition({ status: 'loading' });
  expect(onChange).toHaveBeenCalledTimes(1);
});

test('hasScope is true for the granted scopes, and false for every scope while nobody is signed in', () => {
  const store = createSessionStore();
  expect(store.getSession().hasScope('profile')).toBe(false);
  store.transition(SIGNED_IN);
  expect(store.getSession().hasScope('profile')).toBe(true);
  expect(store.getSession().hasScope('balance')).toBe(false);
});

test('a step that may not follow the present one changes nothing', () => {
  const store = createSessionStore();
  const onChange = vi.fn<() => void>();
  store.subscribe(onChange);
  expect(store.transition({ status: 'signing-in', step: 'exchanging-code' })).toBe(false);
  expect(store.getSession().status).toBe('loading');
  expect(onChange).not.toHaveBeenCalled();
});

test('a warning is set and removed where the session can have one, and nowhere else', () => {
  const store = createSessionStore();
  store.transition(SIGNED_IN);
  store.setWarning({ code: 'offline' });
  expect(store.getSession()).toMatchObject({ sessionId: 'session-1', warning: { code: 'offline' } });
  store.setWarning();
  expect(store.getSession()).not.toHaveProperty('warning');
  store.transition({ status: 'signed-out', step: 'idle' });
  store.setWarning({ code: 'offline' });
  expect(store.getSession()).not.toHaveProperty('warning');
});

test('a new generation is announced before the session changes', () => {
  const store = createSessionStore();
  store.transition(SIGNED_IN);
  const seen: [number, string][] = [];
  store.onGenerationEnd(() => seen.push([store.generation(), store.getSession().status]));
  store.startGeneration({ status: 'signed-out', step: 'idle' });
  expect(seen).toEqual([[1, 'signed-in']]);
  expect(store.getSession().status).toBe('signed-out');
});

test('a closed store forgets the user and calls no listener', () => {
  const store = createSessionStore();
  store.transition(SIGNED_IN);
  const onChange = vi.fn<() => void>();
  store.subscribe(onChange);
  store.close();
  expect(store.getSession().status).toBe('signed-out');
  expect(onChange).not.toHaveBeenCalled();
});

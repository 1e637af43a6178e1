import { beforeEach, expect, test } from 'vitest';
import { takeOutcome } from '../sign-in/sign-in-outcome.ts';
import { takeServerSideOutcome } from './server-side-outcome.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

/** Loads the page at this address. @returns the address it then shows */
function load(address: string): string {
  history.replaceState(null, '', address);
  takeServerSideOutcome();
  return location.pathname + location.search + location.hash;
}

test('after a sign-in the session is looked for, and the address says nothing of it', () => {
  expect(load('/pricing?plan=pro&login=success#top')).toBe('/pricing?plan=pro#top');
  expect(readSessionMark()).toBe('signed-in');
  expect(takeOutcome()).toBeUndefined();
});

test('after a failure the person is told why, and the address says nothing of it', () => {
  expect(load('/?error=authorization_denied')).toBe('/');
  expect(readSessionMark()).toBe('none');
  expect(takeOutcome()).toEqual({ code: 'authorization_denied' });
});

test('an error that is none of ours is not shown', () => {
  expect(load('/?error=%3Cimg%20src%3Dx%3E')).toBe('/');
  expect(takeOutcome()).toBeUndefined();
});

test('a link does not bring back who has signed out while the API was away', () => {
  writeSessionMark('sign-out-pending');
  expect(load('/?login=success')).toBe('/');
  expect(readSessionMark()).toBe('sign-out-pending');
});

test('who is signed in already is not bothered with a failed attempt, now or later', () => {
  writeSessionMark('signed-in');
  expect(load('/?error=authorization_denied')).toBe('/');
  expect(takeOutcome()).toBeUndefined();
});

test('any other address is left alone', () => {
  expect(load('/?plan=pro&login=no')).toBe('/?plan=pro');
  expect(load('/?plan=pro')).toBe('/?plan=pro');
  expect(readSessionMark()).toBe('none');
});

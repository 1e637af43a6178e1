import { beforeEach, expect, test } from 'vitest';
import { takeSignInOutcome } from '../sign-in/sign-in-outcome.ts';
import { takeServerSideOutcome } from './server-side-outcome.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

/** Loads the page at this address. Returns the address that it then shows. */
function load(address: string): string {
  history.replaceState(null, '', address);
  takeServerSideOutcome();
  return location.pathname + location.search + location.hash;
}

test('login=success makes the client ask for the session, and leaves the address', () => {
  expect(load('/pricing?plan=pro&login=success#top')).toBe('/pricing?plan=pro#top');
  expect(readSessionMark()).toBe('signed-in');
  expect(takeSignInOutcome()).toBeUndefined();
});

test('error is shown to the user, and leaves the address', () => {
  expect(load('/?error=authorization_denied')).toBe('/');
  expect(readSessionMark()).toBe('none');
  expect(takeSignInOutcome()).toEqual({ code: 'authorization_denied' });
});

test('an unknown error code is not shown', () => {
  expect(load('/?error=%3Cimg%20src%3Dx%3E')).toBe('/');
  expect(takeSignInOutcome()).toBeUndefined();
});

test('login=success in a link changes nothing while a sign-out is pending', () => {
  writeSessionMark('sign-out-pending');
  expect(load('/?login=success')).toBe('/');
  expect(readSessionMark()).toBe('sign-out-pending');
});

test('error in a link is not shown to a user who is signed in, now or later', () => {
  writeSessionMark('signed-in');
  expect(load('/?error=authorization_denied')).toBe('/');
  expect(takeSignInOutcome()).toBeUndefined();
});

test('other parameters stay in the address', () => {
  expect(load('/?plan=pro&login=no')).toBe('/?plan=pro');
  expect(load('/?plan=pro')).toBe('/?plan=pro');
  expect(readSessionMark()).toBe('none');
});

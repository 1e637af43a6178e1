import { createFakeSignInClient } from '@oneclick/sign-in/testing';
import { beforeEach, expect, test } from 'vitest';
import { answerFirstScreen } from './answer-first-screen.ts';

let root: HTMLElement;
let button: HTMLElement;
beforeEach(() => {
  document.body.innerHTML = '<div id="root"><button data-testid="sign-in">Sign in</button></div>';
  root = document.querySelector('#root')!;
  button = root.querySelector('button')!;
});

/** A client that is signed out, and the names of the methods that were called. */
function signedOutClient() {
  const client = createFakeSignInClient();
  return { client, called: () => client.calls.map(({ method }) => method) };
}

test.each(['pointerenter', 'pointerdown', 'focus'])('"%s" on the button prepares the sign-in', (type) => {
  const { client, called } = signedOutClient();
  answerFirstScreen(root, client);
  expect(called()).toEqual([]);
  button.dispatchEvent(new Event(type));
  expect(called()).toEqual(['prepareSignIn']);
});

test('a click starts the sign-in in the click itself', () => {
  const { client, called } = signedOutClient();
  answerFirstScreen(root, client);
  button.click();
  expect(called()).toEqual(['signIn']);
  expect(client.calls[0]?.args).toEqual([]);
});

test('a button that has the focus already prepares the sign-in', () => {
  const { client, called } = signedOutClient();
  button.focus();
  answerFirstScreen(root, client);
  expect(called()).toEqual(['prepareSignIn']);
});

test('a click that came before this script starts the sign-in', () => {
  const { client, called } = signedOutClient();
  root.dataset['clicked'] = '';
  answerFirstScreen(root, client);
  expect(called()).toEqual(['signIn']);
});

test('after the undo, nothing is answered', () => {
  const { client, called } = signedOutClient();
  answerFirstScreen(root, client)();
  for (const type of ['pointerenter', 'pointerdown', 'focus']) button.dispatchEvent(new Event(type));
  button.click();
  expect(called()).toEqual([]);
});

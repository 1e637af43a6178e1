import { act } from '@testing-library/react';
import { createFakeSignInClient, type FakeSession } from '@oneclick/sign-in/testing';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { translatePage } from '../gallery/translate-page.ts';
import { hydrateApp } from '../hydrate-app.tsx';
import { en } from '../texts/en.ts';
import { ko } from '../texts/ko.ts';
import { showFirstScreen } from './first-screen.ts';
import { renderFirstScreens } from './first-screens.tsx';

const language = { locale: 'en', texts: en } as const;

let root: HTMLElement;
beforeEach(() => {
  // As in the built `index.html`.
  const templates = renderFirstScreens().map(
    ({ screen, locale, html }) => `<template data-screen="${screen}" lang="${locale}">${html}</template>`,
  );
  document.body.innerHTML = `<div id="root"></div>${templates.join('')}`;
  root = document.querySelector('#root')!;
});

/** Whether the page still has the very same elements. */
function keeps(before: Element[]): boolean {
  const now = Array.from(root.querySelectorAll('*'));
  return now.length === before.length && now.every((element, index) => element === before[index]);
}

const button = () => root.querySelector<HTMLElement>('[data-testid="sign-in"]');

test.each([
  { languages: ['ko-KR', 'en-US'], lang: 'ko', text: ko.signedOut.signIn },
  { languages: ['de-DE', 'en-GB'], lang: 'en', text: en.signedOut.signIn },
  { languages: ['de-DE'], lang: 'en', text: en.signedOut.signIn },
])(
  'the first screen of a browser with the languages $languages is in "$lang"',
  ({ languages, lang, text }) => {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages);
    showFirstScreen(root, 'signed-out');
    expect(document.documentElement.lang).toBe(lang);
    expect(button()?.textContent).toBe(text);
  },
);

test('the first screen in the built-in browser of an app names the app', () => {
  showFirstScreen(root, 'signed-out-in-app', 'KakaoTalk');
  expect(root.textContent).toContain(en.signedOut.inAppBrowser('KakaoTalk'));
  expect(root.textContent).toContain(en.signedOut.pageLeaves);
});

test('a screen replaces the one before', () => {
  showFirstScreen(root, 'restoring');
  showFirstScreen(root, 'not-loaded');
  expect(root.querySelectorAll('main')).toHaveLength(1);
  expect(root.querySelector('[data-testid="try-again"]')).not.toBeNull();
});

test.each<{ screen: 'restoring' | 'signed-out'; session: FakeSession }>([
  { screen: 'restoring', session: { status: 'loading' } },
  { screen: 'signed-out', session: { status: 'signed-out', step: 'idle' } },
])(
  'React keeps the elements of the first screen "$screen", and leaves the focus',
  async ({ screen, session }) => {
    // The user has clicked somewhere, so that a later screen would move the focus to its title.
    Object.defineProperty(navigator, 'userActivation', {
      value: { hasBeenActive: true },
      configurable: true,
    });
    onTestFinished(() => void Reflect.deleteProperty(navigator, 'userActivation'));
    showFirstScreen(root, screen);
    const before = Array.from(root.querySelectorAll('*'));
    const client = createFakeSignInClient({ session });
    await act(async () => hydrateApp({ root, client, language }));
    expect(keeps(before)).toBe(true);
    expect(document.activeElement).toBe(document.body);
  },
);

test('the first screen in the built-in browser of an app is hydrated without a mismatch', async () => {
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('KAKAOTALK 25.1');
  showFirstScreen(root, 'signed-out-in-app', 'KakaoTalk');
  const before = Array.from(root.querySelectorAll('*'));
  await act(async () => hydrateApp({ root, client: createFakeSignInClient(), language }));
  expect(keeps(before)).toBe(true);
});

test.each<{ name: string; screen: 'restoring' | 'signed-out'; session: FakeSession; shows: string }>([
  {
    name: 'an open window',
    screen: 'signed-out',
    session: { status: 'signing-in', step: 'waiting-for-provider', transaction: { cancel: () => undefined } },
    shows: 'cancel-sign-in',
  },
  {
    name: 'an error',
    screen: 'signed-out',
    session: { status: 'signed-out', step: 'idle', error: { code: 'authorization_denied' } },
    shows: 'notice',
  },
  {
    name: 'a session that has ended',
    screen: 'restoring',
    session: { status: 'signed-out', step: 'ended', error: { code: 'session_expired' } },
    shows: 'notice',
  },
])('React shows $name that is newer than the first screen', async ({ screen, session, shows }) => {
  showFirstScreen(root, screen);
  await act(async () => hydrateApp({ root, client: createFakeSignInClient({ session }), language }));
  expect(root.querySelector(`[data-testid="${shows}"]`)).not.toBeNull();
});

test('React replaces a first screen that the browser has translated', async () => {
  showFirstScreen(root, 'signed-out');
  translatePage(root);
  // React reports the mismatch, and renders the screen anew.
  const reported = vi.spyOn(console, 'error').mockReturnValue();
  await act(async () => hydrateApp({ root, client: createFakeSignInClient(), language }));
  expect(reported).toHaveBeenCalledOnce();
  expect(root.querySelector('font')).toBeNull();
  expect(button()?.textContent).toBe(en.signedOut.signIn);
});

import { LOCALES } from '@oneclick/shared/languages';
import { act, findByTestId } from '@testing-library/react';
import { createFakeSignInClient, type FakeSession } from '@oneclick/sign-in/testing';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import indexHtml from '../../index.html?raw';
import { translatePage } from '../gallery/translate-page.ts';
import { hydrateApp } from '../hydrate-app.tsx';
import { en } from '../texts/en.ts';
import { ko } from '../texts/ko.ts';
import { ja } from '../texts/ja.ts';
import { zhHans } from '../texts/zh-hans.ts';
import {
  type FirstScreen,
  firstScreenLocales,
  showFirstScreen,
  translateFirstScreen,
} from './first-screen.ts';
import { firstScreenTemplates } from './first-screen-templates.ts';
import { renderFirstScreens } from './first-screens.tsx';

const language = { locale: 'en', texts: en } as const;

let root: HTMLElement;
beforeEach(() => {
  // As in the built `index.html`.
  document.body.innerHTML = `<div id="root"></div>${firstScreenTemplates(renderFirstScreens())}`;
  root = document.querySelector('#root')!;
});

const show = (screen: FirstScreen, locale = 'en') => showFirstScreen(root, screen, locale);

/** Whether the page still has the very same elements. */
function keeps(before: Element[]): boolean {
  const now = Array.from(root.querySelectorAll('*'));
  return now.length === before.length && now.every((element, index) => element === before[index]);
}

const button = () => root.querySelector<HTMLElement>('[data-testid="sign-in"]');
const select = () => root.querySelector<HTMLSelectElement>('[data-testid="language"]')!;

test('the notice for outdated browsers is there in each language of the app', () => {
  const sentences = indexHtml.matchAll(/<span lang="(.+?)">/g);
  expect(Array.from(sentences, ([, lang]) => lang)).toEqual(LOCALES);
});

test('the first screens are there in each language of the app, the default first', () => {
  expect(firstScreenLocales()).toEqual(LOCALES);
});

test.each([
  { locale: 'en', texts: en },
  { locale: 'ko', texts: ko },
  { locale: 'ja', texts: ja },
  { locale: 'zh-Hans', texts: zhHans },
])(
  'the first screen in "$locale" has its texts and the title, and its language is chosen',
  ({ locale, texts }) => {
    show('signed-out', locale);
    expect(document.documentElement.lang).toBe(locale);
    expect(document.title).toBe(texts.app.title);
    expect(button()?.textContent).toBe(texts.signedOut.signIn);
    expect(select().value).toBe(locale);
    expect(root.textContent).not.toMatch(/[{}]/);
  },
);

test('another language changes the texts of the first screen and keeps its elements', () => {
  show('signed-out');
  const before = Array.from(root.querySelectorAll('*'));
  select().focus();
  translateFirstScreen(root, 'ja');
  expect(keeps(before)).toBe(true);
  expect(document.activeElement).toBe(select());
  expect(button()?.textContent).toBe(ja.signedOut.signIn);
  expect(root.textContent).toContain(ja.signedOut.lead);
});

test('a screen replaces the one before', () => {
  show('restoring');
  show('not-loaded');
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
    show(screen);
    const before = Array.from(root.querySelectorAll('*'));
    const client = createFakeSignInClient({ session });
    await act(async () => hydrateApp({ root, client, language }));
    expect(keeps(before)).toBe(true);
    expect(document.activeElement).toBe(document.body);
  },
);

test('in the built-in browser of an app, React adds the way out of it at the end of the first screen', async () => {
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue('KAKAOTALK 25.1');
  show('signed-out');
  const before = Array.from(root.querySelectorAll('*'));
  await act(async () => hydrateApp({ root, client: createFakeSignInClient(), language }));
  expect(root.querySelector('section')?.lastElementChild?.textContent).toBe(
    en.signedOut.inAppBrowser('KakaoTalk'),
  );
  root.querySelector('section')?.lastElementChild?.remove();
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
  show(screen);
  await act(async () => hydrateApp({ root, client: createFakeSignInClient({ session }), language }));
  await expect(findByTestId(root, shows)).resolves.toBeInstanceOf(HTMLElement);
});

test('React replaces a first screen that the browser has translated', async () => {
  show('signed-out');
  translatePage(root);
  // React reports the mismatch, and renders the screen anew.
  const reported = vi.spyOn(console, 'error').mockReturnValue();
  await act(async () => hydrateApp({ root, client: createFakeSignInClient(), language }));
  expect(reported).toHaveBeenCalledOnce();
  expect(root.querySelector('font')).toBeNull();
  expect(button()?.textContent).toBe(en.signedOut.signIn);
});

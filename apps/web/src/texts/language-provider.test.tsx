import { act, cleanup, configure, render, screen, waitFor } from '@testing-library/react';
import { createFakeSignInClient, type FakeSession } from '@oneclick/sign-in/testing';
import { SignInProvider } from '@oneclick/sign-in/react';
import { afterEach, expect, test } from 'vitest';
import { App } from '../app.tsx';
import { en } from './en.ts';
import { ja } from './ja.ts';
import { LanguageProvider } from './language-provider.tsx';
import { lateEn } from './late-en.ts';
import { lateJa } from './late-ja.ts';

// Long, so that a slow machine does not fail a test.
configure({ asyncUtilTimeout: 10_000 });
afterEach(cleanup);

function renderApp(session: FakeSession) {
  const client = createFakeSignInClient({ session });
  render(
    <SignInProvider client={client}>
      <LanguageProvider language={{ locale: 'en', texts: en }}>
        <App />
      </LanguageProvider>
    </SignInProvider>,
  );
  return client;
}

const select = () => screen.getByTestId<HTMLSelectElement>('language');

/** As a user does: with the focus on the control. */
function choose(locale: string): void {
  select().focus();
  act(() => {
    select().value = locale;
    select().dispatchEvent(new Event('change', { bubbles: true }));
  });
}

const announced = () =>
  Array.from(document.querySelectorAll('[role=alert], [role=status]'), ({ textContent }) => textContent).join(
    '',
  );

test('a change of the language changes the texts, the title and the language of the page, and is remembered', async () => {
  renderApp({ status: 'signed-out', step: 'idle' });
  const before = Array.from(document.querySelectorAll('*'));
  choose('ja');
  await screen.findByText(ja.signedOut.lead);
  await waitFor(() => expect(document.title).toBe(ja.app.title));
  expect(document.documentElement.lang).toBe('ja');
  expect(localStorage.getItem('oneclick:language')).toBe('ja');
  expect(Array.from(document.querySelectorAll('*'))).toEqual(before);
  expect(document.activeElement).toBe(select());
});

test('of two languages that are chosen at once, the last one is shown', async () => {
  renderApp({ status: 'signed-out', step: 'idle' });
  choose('ko');
  choose('ja');
  await screen.findByText(ja.signedOut.lead);
  expect(select().value).toBe('ja');
  choose('zh-Hans');
  choose('ja');
  expect(select().value).toBe('ja');
});

test('a notice is announced when it appears, not when the language changes, and the next notice is', async () => {
  const client = renderApp({ status: 'signed-out', step: 'idle', error: { code: 'authorization_denied' } });
  await screen.findByText(lateEn.errors.authorization_denied);
  expect(announced()).toBe(lateEn.errors.authorization_denied);
  choose('ja');
  await screen.findByText(lateJa.errors.authorization_denied);
  expect(announced()).toBe('');
  choose('en');
  await screen.findByText(lateEn.errors.authorization_denied);
  expect(announced()).toBe('');

  act(() => client.setSession({ status: 'signed-out', step: 'idle', error: { code: 'code_rejected' } }));
  await screen.findByText(lateEn.errors.code_rejected);
  expect(announced()).toBe(lateEn.errors.code_rejected);
});

test('the steps of a sign-in are announced, and a change of the language is not', async () => {
  const transaction = { cancel: () => undefined };
  const client = renderApp({ status: 'signing-in', step: 'waiting-for-provider', transaction });
  expect(announced()).toContain(en.signingIn.waitingTitle);
  choose('ja');
  await screen.findByText(ja.signingIn.waitingTitle);
  expect(screen.queryByRole('status')).toBeNull();
  act(() => client.setSession({ status: 'signing-in', step: 'exchanging-code' }));
  expect(announced()).toContain(ja.signingIn.exchangingTitle);
});

import type { Userinfo } from '@oneclick/sign-in';
import { createFakeSignInClient } from '@oneclick/sign-in/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { loadLanguage } from '../texts/language.ts';
import { showEarlyBalance } from './early-balance.ts';

const SHAPES = '<section><div class="skeleton head"></div><div class="skeleton figure"></div></section>';
const SIGNED_IN = { status: 'signed-in', sessionId: 's-1', scopes: ['profile', 'balance'] } as const;

let root: HTMLElement;
beforeEach(() => {
  document.body.innerHTML = `<div id="root" data-screen="restoring" data-locale="ko">${SHAPES}</div>`;
  root = document.querySelector('#root')!;
});

/** A client that restores a session whose token came with this account. */
function restoringClient(userinfo: Partial<Userinfo> | undefined) {
  const client = createFakeSignInClient({ session: { status: 'loading' } });
  vi.spyOn(client, 'getInitialUserinfo').mockImplementation((sessionId) =>
    userinfo && sessionId === SIGNED_IN.sessionId ? { userinfo, readAtMs: 0 } : undefined,
  );
  return client;
}

const number = () => root.querySelector('[data-testid="balance"]')?.textContent;
const shown = async () => vi.waitFor(() => expect(number()).toBe('$7.50'));
/** The texts have loaded, and all that follows has run. */
async function settled(): Promise<void> {
  await loadLanguage(root.dataset['locale']);
  await new Promise((resolve) => setTimeout(resolve));
}

test('the balance is shown in the language of the page when the session has been restored', async () => {
  const client = restoringClient({ balance_formatted: '$7.50' });
  showEarlyBalance(root, client);
  await settled();
  expect(root.innerHTML).toBe(SHAPES);
  client.setSession(SIGNED_IN);
  expect(number()).toBe('$7.50');
  expect(root.querySelector('dt')?.textContent).toBe('AIHubMix 잔액');
});

test('a session that was restored before the texts have loaded is shown, too', async () => {
  const client = restoringClient({ balance_formatted: '$7.50' });
  client.setSession(SIGNED_IN);
  showEarlyBalance(root, client);
  expect(root.innerHTML).toBe(SHAPES);
  await shown();
});

test.each([
  ['the API has sent no account', undefined],
  ['the user has not shared the balance', { username: 'alice' }],
])('the shapes stay if %s', async (_, userinfo) => {
  const client = restoringClient(userinfo);
  client.setSession(SIGNED_IN);
  showEarlyBalance(root, client);
  await settled();
  expect(root.innerHTML).toBe(SHAPES);
});

test('the shapes come back when the session ends', async () => {
  const client = restoringClient({ balance_formatted: '$7.50' });
  client.setSession(SIGNED_IN);
  showEarlyBalance(root, client);
  await shown();
  client.setSession({ status: 'signed-out', step: 'ended', error: { code: 'session_expired' } });
  expect(root.innerHTML).toBe(SHAPES);
});

test('the undo brings the shapes back, and nothing is shown after it', async () => {
  const client = restoringClient({ balance_formatted: '$7.50' });
  const undo = showEarlyBalance(root, client);
  client.setSession(SIGNED_IN);
  await shown();
  undo();
  expect(root.innerHTML).toBe(SHAPES);
  client.setSession({ ...SIGNED_IN, scopes: ['balance'] });
  expect(root.innerHTML).toBe(SHAPES);
});

test('the name of the balance follows the language of the page', async () => {
  const client = restoringClient({ balance_formatted: '$7.50' });
  client.setSession(SIGNED_IN);
  const undo = showEarlyBalance(root, client);
  await shown();
  const name = root.querySelector('dt')!;
  root.dataset['locale'] = 'en';
  root.dispatchEvent(new Event('change'));
  await settled();
  expect(name.textContent).toBe('AIHubMix balance');
  undo();
  root.dataset['locale'] = 'ko';
  root.dispatchEvent(new Event('change'));
  await settled();
  expect(name.textContent).toBe('AIHubMix balance');
});

test('nothing is shown if the undo comes before the texts', async () => {
  const client = restoringClient({ balance_formatted: '$7.50' });
  client.setSession(SIGNED_IN);
  showEarlyBalance(root, client)();
  await settled();
  expect(root.innerHTML).toBe(SHAPES);
});

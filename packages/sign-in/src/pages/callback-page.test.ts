import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answer, STATE } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { goToProviderInSameTab } from '../sign-in/same-tab.ts';
import { takeSignInOutcome } from '../sign-in/sign-in-outcome.ts';
import { CALLBACK_TEXTS } from './page-texts.ts';

useApiServer();

const texts = CALLBACK_TEXTS.en;
const meta = document.createElement('meta');
meta.name = 'api-origin';
meta.content = location.origin;
document.head.append(meta);

beforeEach(() => {
  document.body.innerHTML = '<main><p></p><button hidden></button></main>';
  vi.spyOn(window, 'close').mockReturnValue();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const text = () => document.querySelector('p')!.textContent;
const button = () => document.querySelector('button')!;

/** Runs the script of the page, as the browser does when the provider redirects to it. */
async function loadCallbackPage(query: string): Promise<void> {
  history.replaceState(null, '', `/oauth/callback.html${query}`);
  vi.resetModules();
  await import('./callback-page.ts');
}

test('a browser that blocks cookies says so, with the way back to the app', async () => {
  const leave = vi.spyOn(location, 'replace').mockReturnValue();
  vi.spyOn(navigator, 'cookieEnabled', 'get').mockReturnValue(false);
  await loadCallbackPage(`?code=code-1&state=${STATE}`);
  expect(text()).toBe(texts.cookiesBlocked);
  expect(location.search).toBe('');
  button().click();
  expect(leave).toHaveBeenCalledWith('/');
});

test('a window that was left at the provider says that the sign-in went on elsewhere, and can still finish it', async () => {
  vi.spyOn(location, 'assign').mockReturnValue();
  const leave = vi.spyOn(location, 'replace').mockReturnValue();
  await goToProviderInSameTab({
    start: { state: STATE, authorizationUrl: 'https://provider.example/', expiresIn: 600 },
    startedAtMs: Date.now(),
    leavesWindow: true,
  });
  // The window has a storage of its own, apart from the one that all pages share.
  sessionStorage.clear();
  const requests = serve('exchangeToken', () => answer.token());
  await loadCallbackPage(`?code=code-1&state=${STATE}`);
  await vi.waitFor(() => expect(text()).toBe(texts.goneOn));
  expect(button().textContent).toBe(texts.finish);
  button().click();
  await vi.waitFor(() => expect(leave).toHaveBeenCalledWith('/'));
  expect(requests).toHaveLength(1);
});

describe('a transaction that is lost at an API on another host', () => {
  beforeEach(async () => {
    vi.spyOn(location, 'assign').mockReturnValue();
    vi.spyOn(location, 'replace').mockReturnValue();
    vi.spyOn(location, 'hostname', 'get').mockReturnValue('app.example.com');
    const start = { state: STATE, authorizationUrl: 'https://provider.example/', expiresIn: 600 };
    await goToProviderInSameTab({ start, startedAtMs: Date.now(), leavesWindow: true });
    serve('exchangeToken', () => answer.error('transaction_not_found'));
  });

  test('leaves the error that the cookies of the API are blocked, if it was started in this tab', async () => {
    await loadCallbackPage(`?code=code-1&state=${STATE}`);
    await vi.waitFor(() => expect(location.replace).toHaveBeenCalled());
    expect(takeSignInOutcome()).toEqual({ code: 'api_cookies_blocked', requestId: 'req-1' });
  });

  test('leaves the error as it is, if it may have been started in another browser', async () => {
    sessionStorage.clear();
    await loadCallbackPage(`?code=code-1&state=${STATE}`);
    await vi.waitFor(() => expect(text()).toBe(texts.goneOn));
    button().click();
    await vi.waitFor(() => expect(location.replace).toHaveBeenCalled());
    expect(takeSignInOutcome()).toEqual({ code: 'transaction_not_found', requestId: 'req-1' });
  });
});

test.each([
  ['BroadcastChannel', undefined],
  ['crypto', {}],
])('without %s the page offers to finish the sign-in itself', async (name, value) => {
  const leave = vi.spyOn(location, 'replace').mockReturnValue();
  const requests = serve('exchangeToken', () => answer.token());
  vi.stubGlobal(name, value);
  await loadCallbackPage(`?code=code-1&state=${STATE}`);
  await vi.waitFor(() => expect(text()).toBe(texts.unanswered));
  expect(button().textContent).toBe(texts.finish);
  button().click();
  await vi.waitFor(() => expect(leave).toHaveBeenCalledWith('/'));
  await expect(requests[0]!.json()).resolves.toEqual({ code: 'code-1', state: STATE });
  expect(takeSignInOutcome()).toEqual({ isCompleted: true });
});

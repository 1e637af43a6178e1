import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answer, STATE } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { acceptInTab } from '../hand-over/accept-in-tab.ts';
import { handOverChannelName } from '../hand-over/hand-over-channel.ts';
import { goToProviderInSameTab, noteTransactionInWindow } from '../sign-in/same-tab.ts';
import { takeSignInOutcome } from '../sign-in/sign-in-outcome.ts';
import { CALLBACK_TEXTS, LATE_CALLBACK_TEXTS } from './page-texts.ts';

useApiServer();

const texts = { ...CALLBACK_TEXTS.en, ...LATE_CALLBACK_TEXTS.en };
const meta = document.createElement('meta');
meta.name = 'api-origin';
meta.content = location.origin;
document.head.append(meta);

beforeEach(() => {
  document.body.innerHTML = '<main><p></p><button hidden></button></main>';
  vi.spyOn(window, 'close').mockReturnValue();
});
afterEach(() => {
  // Leaves the page, so that it answers nothing of the next test.
  window.dispatchEvent(new Event('pagehide'));
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
  await vi.waitFor(() => expect(text()).toBe(texts.cookiesBlocked));
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

describe("a provider's error without state", () => {
  test('ends the transaction in the tab that opened this window, and closes the window', async () => {
    noteTransactionInWindow(window, await handOverChannelName(STATE));
    const tab = await acceptInTab(STATE);
    await loadCallbackPage('?error=server_error');
    await vi.waitFor(() => expect(text()).toBe(texts.ended));
    expect(location.search).toBe('');
    await expect(tab.response).resolves.toEqual({ state: STATE, error: 'server_error' });
    await vi.waitFor(() => expect(window.close).toHaveBeenCalled());
    tab.close();
  });

  test.each([
    ['access_denied', 'authorization_denied'],
    ['server_error', 'authorization_failed'],
  ])('%s leads back from the tab that left for the provider, with %s', async (error, code) => {
    vi.spyOn(location, 'assign').mockReturnValue();
    const leave = vi.spyOn(location, 'replace').mockReturnValue();
    const start = { state: STATE, authorizationUrl: 'https://provider.example/', expiresIn: 600 };
    await goToProviderInSameTab({ start, startedAtMs: Date.now(), returnTo: '/pricing' });
    await loadCallbackPage(`?error=${error}&state=`);
    expect(leave).toHaveBeenCalledWith('/pricing');
    expect(takeSignInOutcome()).toEqual({ code });
  });

  test('in a link ends no transaction of another tab', async () => {
    const tab = await acceptInTab(STATE);
    const onResponse = vi.fn<() => void>();
    void tab.response.then(onResponse);
    await loadCallbackPage('?error=access_denied');
    await vi.waitFor(() => expect(text()).toBe(texts.ended));
    expect(button().textContent).toBe(texts.home);
    // The tab has read everything that was posted before.
    const channel = new BroadcastChannel(await handOverChannelName(STATE));
    const answered = new Promise((resolve) => channel.addEventListener('message', resolve, { once: true }));
    channel.postMessage({ v: 1, type: 'arrived' });
    await answered;
    expect(onResponse).not.toHaveBeenCalled();
    for (const open of [channel, tab]) open.close();
  });
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

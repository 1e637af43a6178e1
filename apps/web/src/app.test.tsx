import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, configure, render, screen } from '@testing-library/react';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { App } from './app.tsx';
import { translatePage } from './gallery/translate-page.ts';
import { en } from './texts/en.ts';
import { LanguageContext } from './texts/use-texts.ts';
import { createSignInClient, type SignInClient } from '@oneclick/sign-in';
import { SignInProvider } from '@oneclick/sign-in/react';
import { answer, userinfo } from '@oneclick/sign-in/test/answers.ts';
import { API, serve, useApiServer } from '@oneclick/sign-in/test/api-server.ts';
import { createFakeSignInClient, type FakeSession } from '@oneclick/sign-in/testing';
import { writeSessionMark } from '@oneclick/sign-in/test/internals-for-stories.ts';
import { stubWindowOpen } from '@oneclick/sign-in/test/stub-window-open.ts';

useApiServer();
// Long, so that a slow machine does not fail a test.
configure({ asyncUtilTimeout: 10_000 });

let client: SignInClient;
let queryClient: QueryClient;
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  client.close();
  queryClient.clear();
});

/** Loads the page: the client restores the session by itself. */
function renderApp(usedClient = createSignInClient({ apiOrigin: API })) {
  client = usedClient;
  queryClient = new QueryClient({ defaultOptions: { queries: { retryDelay: 1 } } });
  render(
    <SignInProvider client={client}>
      <QueryClientProvider client={queryClient}>
        <LanguageContext value={{ locale: 'en', texts: en }}>
          <App />
        </LanguageContext>
      </QueryClientProvider>
    </SignInProvider>,
  );
}

async function renderSignedIn(account: object = userinfo) {
  writeSessionMark('signed-in');
  serve('session', () => answer.token());
  serve('userinfo', () => Response.json(account));
  renderApp();
  await screen.findByTestId('reading');
}

const text = (testId: string) => screen.getByTestId(testId).textContent;

test('a visitor who is not signed in sees one button and no notice', async () => {
  renderApp();
  await screen.findByTestId('sign-in');
  expect(text('sign-in')).toBe('Sign in with AIHubMix');
  expect(screen.queryByTestId('notice')).toBeNull();
});

test('the account shows the name, the e-mail address, and the balance as the provider formats it', async () => {
  await renderSignedIn({ ...userinfo, balance_formatted: '¥ 750,00' });
  expect(text('username')).toBe('user123');
  expect(text('email')).toBe('user@example.com');
  expect(text('balance')).toBe('¥ 750,00');
  expect(text('usage')).toContain('250,000 of 1,000,000 used (25%)');
});

test.each([
  // A gateway that writes what is left into `quota`, as in AIHubMix's documentation of another endpoint.
  { quota: 29_071_257, used_quota: 286_403_484, balance_formatted: '58.14' },
  { quota: 1_000_000, used_quota: 1_000_001, balance_formatted: '¥ 0.00' },
  { quota: 1_000_000, used_quota: 1_200_000, balance_formatted: '10-20' },
  { quota: 1_000_000, used_quota: 1_200_000, balance_formatted: undefined },
  { quota: 0, used_quota: 0, balance_formatted: '0.00' },
])(
  'no usage is shown that would contradict the balance: $used_quota of $quota used, $balance_formatted left',
  async (account) => {
    await renderSignedIn({ ...userinfo, ...account });
    expect(screen.queryByTestId('usage')).toBeNull();
  },
);

test.each([
  { used_quota: 1_000_000, balance_formatted: '0.00', share: '100%' },
  { used_quota: 1_200_000, balance_formatted: '-200.00', share: '120%' },
  { used_quota: 1_200_000, balance_formatted: '¥ -200.00', share: '120%' },
  { used_quota: 1_200_000, balance_formatted: '\u2212$200.00', share: '120%' },
])(
  'of a quota of 1,000,000 the usage of $used_quota is shown for a balance of $balance_formatted',
  async ({ share, ...account }) => {
    await renderSignedIn({ ...userinfo, quota: 1_000_000, ...account });
    expect(text('usage')).toContain(share);
  },
);

test('an account without a limit says so, with what was used so far and no meter', async () => {
  await renderSignedIn({ ...userinfo, quota: -1 });
  expect(screen.getByText('Unlimited quota')).toBeTruthy();
  expect(text('usage')).toBe('250,000 used so far');
  expect(screen.queryByRole('meter')).toBeNull();
});

test('an account that is not active says what that means and what to do', async () => {
  await renderSignedIn({ ...userinfo, status: 2 });
  expect(screen.getByText('Status').nextSibling?.textContent).toBe('Inactive');
  expect(
    screen.getByText(/apps may not be able to use it\. To reactivate it, contact AIHubMix\./),
  ).toBeTruthy();
});

test('the name, the e-mail address and the balance have the direction of their own script', async () => {
  await renderSignedIn();
  const directions = ['username', 'email', 'balance'].map((id) => screen.getByTestId(id).dir);
  expect(directions).toEqual(['auto', 'auto', 'auto']);
});

test('a scope that was not granted is named on the account, not shown as zero', async () => {
  await renderSignedIn({ id: 12345 });
  expect(screen.getByText('You haven’t shared your balance with this app.')).toBeTruthy();
  expect(screen.getByText('You haven’t shared your name and email with this app.')).toBeTruthy();
  for (const testId of ['balance', 'usage', 'username', 'email']) {
    expect(screen.queryByTestId(testId)).toBeNull();
  }
});

test.each([
  ['0, for an unknown time', 0],
  ['milliseconds', 1_640_995_200_000],
  ['microseconds', 1_640_995_200_000_000],
  ['more than a date can be', 1e300],
])('a time of creation that can not be one is left out: %s', async (_, created_time) => {
  await renderSignedIn({ ...userinfo, created_time });
  expect(text('balance')).toBe('750.00');
  expect(screen.queryByText('Member since')).toBeNull();
});

test('a time of creation in seconds is shown as a date', async () => {
  await renderSignedIn({ ...userinfo, created_time: Date.UTC(2022, 0, 15, 12) / 1000 });
  expect(screen.getByText('Member since').nextSibling?.textContent).toBe('January 15, 2022');
});

test('an account that can not be shown leaves the button to sign out, and the next update is shown', async () => {
  const reported = vi.spyOn(console, 'error').mockReturnValue();
  await renderSignedIn();
  const broken = vi.spyOn(Intl, 'NumberFormat').mockImplementation(() => {
    throw new RangeError('as for a value that nobody expected');
  });
  serve('userinfo', () => answer.userinfo({ balance_formatted: '760.00' }));
  act(() => screen.getByTestId('refresh-balance').click());
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('api_bad_answer');
  expect(screen.getByText('We couldn’t load your account.')).toBeTruthy();
  expect(reported).toHaveBeenCalled();
  reported.mockClear();

  broken.mockRestore();
  serve('userinfo', () => answer.userinfo({ balance_formatted: '770.00' }));
  act(() => screen.getByTestId('refresh-balance').click());
  await screen.findByText('770.00');
  expect(screen.queryByTestId('notice')).toBeNull();

  serve('logout', answer.noContent);
  act(() => screen.getByTestId('sign-out').click());
  await screen.findByTestId('sign-in');
});

test('HTML in the name of a user is shown as text', async () => {
  await renderSignedIn({ ...userinfo, username: '<img src=x onerror=alert(1)>' });
  expect(text('username')).toBe('<img src=x onerror=alert(1)>');
  expect(screen.getByTestId('username').children).toHaveLength(0);
});

test('each refresh of the balance says what changed, also two within a second', async () => {
  await renderSignedIn();
  act(() => screen.getByTestId('refresh-balance').click());
  await screen.findByText(/Your balance is unchanged\./);

  serve('userinfo', () => Response.json({ ...userinfo, balance_formatted: '760.00' }));
  act(() => screen.getByTestId('refresh-balance').click());
  await screen.findByText(/Your balance changed from 750\.00 to 760\.00\./);
  expect(text('balance')).toBe('760.00');
});

test('on a page that the browser has translated, the time and the balance change with a refresh', async () => {
  await renderSignedIn();
  const untranslated = ['balance', 'username', 'email'].map((id) =>
    screen.getByTestId(id).getAttribute('translate'),
  );
  expect(untranslated).toEqual(['no', 'no', 'no']);
  translatePage(document.body);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  const time = new Intl.DateTimeFormat('en', { timeStyle: 'short' }).format(Date.now());
  serve('userinfo', () => answer.userinfo({ balance_formatted: '760.00' }));
  act(() => screen.getByTestId('refresh-balance').click());
  await screen.findByText(`Updated at ${time}.`);
  expect(text('balance')).toBe('760.00');
  serve('logout', answer.noContent);
  await act(() => client.signOut());
  expect(text('sign-in')).toBe('Sign in with AIHubMix');
});

test('a refetch that the user did not ask for is announced only if the balance has changed', async () => {
  await renderSignedIn();
  await act(() => queryClient.refetchQueries());
  expect(screen.getByRole('status').textContent).toBe('');

  serve('userinfo', () => answer.userinfo({ balance_formatted: '760.00' }));
  await act(() => queryClient.refetchQueries());
  expect(screen.getByRole('status').textContent).toBe('Your balance changed from 750.00 to 760.00.');
});

const comeBack = (type: 'visibilitychange' | 'focus') =>
  act(() => void window.dispatchEvent(new Event(type)));

test('a user who comes back after a minute sees the balance of now, and one who comes back earlier asks for nothing', async () => {
  await renderSignedIn();
  const requests = serve('userinfo', () => answer.userinfo({ balance_formatted: '760.00' }));
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 20_000);
  comeBack('focus');
  comeBack('visibilitychange');
  expect(queryClient.isFetching()).toBe(0);

  for (const [index, type] of (['focus', 'visibilitychange'] as const).entries()) {
    vi.setSystemTime(Date.now() + 61_000);
    comeBack(type);
    await vi.waitFor(() => expect(requests).toHaveLength(index + 1));
    await vi.waitFor(() => expect(queryClient.isFetching()).toBe(0));
  }
  expect(text('reading')).toContain('Your balance changed from 750.00 to 760.00.');
});

test('during a top-up the balance is fetched again every few seconds and on return, until its tab is closed', async () => {
  await renderSignedIn();
  const topUpPage = 'https://provider.example/topup';
  const opened = stubWindowOpen();
  serve('topup', () => Response.json({ topup_url: topUpPage }));
  const requests = serve('userinfo', () => answer.userinfo({ balance_formatted: '760.00' }));
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  act(() => screen.getByTestId('top-up').click());
  await vi.waitFor(() => expect(opened).toMatchObject([{ url: topUpPage }]));
  expect(requests).toHaveLength(0);

  for (const expected of [1, 2]) {
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    await vi.waitFor(() => expect(requests).toHaveLength(expected));
  }
  expect(text('balance')).toBe('760.00');
  expect(text('reading')).toContain('Your balance changed from 750.00 to 760.00.');
  act(() => void window.dispatchEvent(new Event('visibilitychange')));
  await vi.waitFor(() => expect(requests).toHaveLength(3));

  opened[0]?.close();
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(requests).toHaveLength(4);
});

test('an error with Retry-After is not retried at once', async () => {
  await renderSignedIn();
  const requests = serve('userinfo', () => answer.error('rate_limited', { 'Retry-After': '60' }));
  act(() => screen.getByTestId('refresh-balance').click());
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('rate_limited');
  expect(requests).toHaveLength(1);
});

test('while the provider is down, the account stays visible with its age and the error', async () => {
  await renderSignedIn();
  serve('userinfo', () => answer.error('provider_unavailable'));
  act(() => screen.getByTestId('refresh-balance').click());
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('provider_unavailable');
  expect(text('notice')).toContain('req-1');
  expect(text('balance')).toBe('750.00');
  expect(screen.getByText(/This may be out of date/)).toBeTruthy();
});

test('each refresh that fails announces the error, and a refetch that the user did not ask for does not repeat it', async () => {
  await renderSignedIn();
  serve('userinfo', () => answer.error('provider_unavailable'));
  act(() => screen.getByTestId('refresh-balance').click());
  const first = await screen.findByRole('alert');
  await act(() => queryClient.refetchQueries());
  expect(screen.getByRole('alert')).toBe(first);

  act(() => screen.getByTestId('refresh-balance').click());
  expect(screen.getByRole('alert')).toBe(first);
  await vi.waitFor(() => expect(screen.getByRole('alert')).not.toBe(first));
  expect(screen.getByRole('alert').textContent).toContain('AIHubMix can’t be reached');
});

test.each([
  [59, '59 seconds ago'],
  [3_599, '59 minutes ago'],
  [7_300, '2 hours ago'],
  [180_000, '2 days ago'],
])(
  '%i seconds after the last update, an account that can not be refreshed says its age',
  async (seconds, age) => {
    await renderSignedIn();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
    serve('userinfo', () => answer.error('provider_unavailable'));
    act(() => screen.getByTestId('refresh-balance').click());
    await screen.findByTestId('notice');
    expect(text('notice')).toContain(`Last updated ${age}.`);
  },
);

test('after a false event "offline", the refresh of the balance is tried, and its success ends the notice', async () => {
  await renderSignedIn();
  onTestFinished(() => void window.dispatchEvent(new Event('online')));
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  act(() => void window.dispatchEvent(new Event('offline')));
  expect(screen.getByTestId('notice').dataset['code']).toBe('offline');
  serve('userinfo', () => answer.userinfo({ balance_formatted: '760.00' }));
  act(() => screen.getByTestId('refresh-balance').click());
  await screen.findByText(/Your balance changed from 750\.00 to 760\.00\./);
  expect(screen.queryByTestId('notice')).toBeNull();
});

test('after the session has ended, the screen says so and offers to sign in again', async () => {
  await renderSignedIn();
  serve('userinfo', () => answer.error('invalid_token'));
  serve('session', () => answer.error('session_expired'));
  act(() => screen.getByTestId('refresh-balance').click());
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('session_expired');
  expect(text('sign-in')).toBe('Sign in again');
  expect(screen.queryByTestId('username')).toBeNull();
});

test('a session that could not be restored is restored by the button "Try again"', async () => {
  writeSessionMark('signed-in');
  serve('session', () => answer.error('provider_timeout'));
  renderApp();
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('provider_timeout');
  serve('session', () => answer.token());
  serve('userinfo', () => Response.json(userinfo));
  act(() => screen.getByTestId('try-again').click());
  await screen.findByTestId('balance');
});

test('"Try again" announces an error that is on the screen already, and a retry by itself does not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  writeSessionMark('signed-in');
  const requests = serve('session', () => answer.error('provider_timeout'));
  renderApp();
  const first = await screen.findByRole('alert');
  await act(() => vi.advanceTimersToNextTimerAsync());
  await vi.waitFor(() => expect(requests.length).toBeGreaterThan(1));
  expect(screen.getByRole('alert')).toBe(first);

  act(() => screen.getByTestId('try-again').click());
  expect(screen.queryByRole('alert')).toBeNull();
  await screen.findByRole('alert');
});

test('a change of user keeps nothing of the former account on the screen', async () => {
  await renderSignedIn();
  vi.spyOn(window, 'open').mockReturnValue(null);
  screen.getByTestId('top-up').click();
  expect((await screen.findByTestId('notice')).dataset['code']).toBe('tab_blocked');

  // Another tab has signed in as another user, and its message has not arrived.
  serve('session', () => answer.token({ session_id: 'session-2', access_token: 'token-2' }));
  serve('userinfo', (request) =>
    request.headers.get('Authorization') === 'Bearer token-2'
      ? answer.userinfo({ username: 'user456' })
      : answer.error('invalid_token'),
  );
  screen.getByTestId('refresh-balance').click();
  await screen.findByText('user456');
  expect(screen.queryByTestId('notice')).toBeNull();
});

const IDLE = { status: 'signed-out', step: 'idle' } as const;
const WAITING = {
  status: 'signing-in',
  step: 'waiting-for-provider',
  transaction: { cancel() {} },
} as const;
const EXCHANGING = { status: 'signing-in', step: 'exchanging-code' } as const;

/** @param session without it, the user is signed in */
function renderSession(session?: FakeSession) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const fake = createFakeSignInClient(session ? { session } : { user: {} });
  renderApp(fake);
  return (next: FakeSession) => act(() => fake.setSession(next));
}

const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));
const title = () => screen.getByRole('heading').textContent;

test('a sign-in that ends within 300 ms shows none of its steps', () => {
  const setSession = renderSession(IDLE);
  const button = screen.getByTestId('sign-in');
  setSession(WAITING);
  pass(200);
  setSession(EXCHANGING);
  pass(99);
  expect(screen.getByTestId('sign-in')).toBe(button);
  setSession({ ...IDLE, error: { code: 'code_rejected' } });
  expect(text('notice')).toContain('code_rejected');
  pass(1_000);
  expect(title()).toBe(en.signedOut.title);
});

test('a sign-in of 300 ms shows its step, and then each further step at once', () => {
  const setSession = renderSession(IDLE);
  setSession({ ...WAITING, step: 'opening-window' });
  pass(200);
  setSession(WAITING);
  pass(100);
  expect(title()).toBe(en.signingIn.waitingTitle);
  setSession(EXCHANGING);
  expect(title()).toBe(en.signingIn.exchangingTitle);
});

test('a second sign-in shows its step after 300 ms of its own', () => {
  const setSession = renderSession(IDLE);
  setSession(WAITING);
  pass(200);
  setSession(IDLE);
  setSession(WAITING);
  pass(299);
  expect(title()).toBe(en.signedOut.title);
  pass(1);
  expect(title()).toBe(en.signingIn.waitingTitle);
});

test('a sign-in in this tab shows at once that the tab leaves', () => {
  const setSession = renderSession(IDLE);
  setSession({ status: 'signing-in', step: 'redirecting', transaction: { cancel() {} } });
  expect(title()).toBe(en.signingIn.openingTitle);
});

test('a sign-in after an error removes the notice at once, so that the same error is announced again', () => {
  const failed = { ...IDLE, error: { code: 'rate_limited' } } as const;
  const setSession = renderSession(failed);
  const first = screen.getByRole('alert');
  setSession(WAITING);
  expect(screen.queryByTestId('notice')).toBeNull();
  setSession(failed);
  expect(screen.getByRole('alert')).not.toBe(first);
});

test('an account never stays on the screen during a sign-in', () => {
  const setSession = renderSession();
  setSession(WAITING);
  expect(title()).toBe(en.signingIn.waitingTitle);
});

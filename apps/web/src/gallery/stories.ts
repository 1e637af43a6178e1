import type { ErrorCode } from '@oneclick/shared/error-status';
import { answer, userinfo } from '@oneclick/sign-in/test/answers.ts';
import { answerAsCallbackPage } from '@oneclick/sign-in/test/answer-as-callback-page.ts';
import type { Answers } from './api-double.ts';
import type { Stage, Story } from './open-story.tsx';
import { notLoaded, signInWindow } from './stories-without-react.tsx';

/*
 * Every state of the app that a user can meet. Each one comes about through the API's answers and the user's clicks
 * alone, so the page of the gallery shows the stories as the tests do.
 */

const KAKAOTALK =
  'Mozilla/5.0 (Linux; Android 14; SM-S928N) AppleWebKit/537.36 Chrome/126.0 KAKAOTALK/11.0.0';
const MARKUP = '<img src=canary onerror=alert(1)>';
const WAIT_A_MINUTE = { 'Retry-After': '60' };

const HUGE_BALANCE = {
  balance_formatted: '¥ 123,456,789,012,345.67',
  quota: 9_000_000_000_000_000,
  used_quota: 4_500_000_000_000_001,
};

const SIGN_IN = ['sign-in'];
const ACCOUNT = ['sign-out', 'refresh-balance', 'top-up'];
const signedIn = { session: answer.token, userinfo: () => answer.userinfo(), logout: answer.noContent };

const pressSignIn = ({ press }: Stage) => press('sign-in');
const pressTopUp = async ({ find, press }: Stage) => {
  await find('reading');
  await press('top-up');
};
/** Waits for the balance, then presses "Refresh balance". */
const refresh =
  (changed: Answers = {}) =>
  async ({ find, setAnswers, press }: Stage) => {
    await find('reading');
    setAnswers(changed);
    await press('refresh-balance');
  };
/** Signs in as far as the authorization response. */
const receive = (response: Parameters<typeof answerAsCallbackPage>[0]) => async (stage: Stage) => {
  await stage.press('sign-in');
  await stage.find('show-window');
  await answerAsCallbackPage(response);
};

/** An answer that is an error, and what the notice shows of it. */
type Failure = { respond: () => Response; shows: Pick<Story['shows'], 'notice' | 'supportCode'> };

const apiError = (code: ErrorCode, headers?: Record<string, string>): Failure => ({
  respond: () => answer.error(code, headers),
  shows: { notice: code, supportCode: `${code} req-1` },
});
const UNREACHABLE = { notice: 'api_unreachable', supportCode: 'api_unreachable' } as const;
/** A proxy answers in place of the API. */
const proxyError = (status: number): Failure => ({
  respond: () => answer.html(status),
  shows: { ...UNREACHABLE, supportCode: `api_unreachable ${status}` },
});

const failures = {
  'provider-down': apiError('provider_unavailable'),
  'provider-slow': apiError('provider_timeout'),
  'provider-nonsense': apiError('provider_bad_response'),
  misconfigured: apiError('provider_misconfigured'),
  'rate-limited': apiError('rate_limited', WAIT_A_MINUTE),
  restarting: apiError('shutting_down', WAIT_A_MINUTE),
  'refreshed-elsewhere': apiError('refresh_in_progress'),
  'wrong-address': apiError('origin_not_allowed'),
  'our-fault': apiError('internal_error'),
  'bad-gateway': proxyError(502),
  'api-down': proxyError(503),
  'gateway-timeout': proxyError(504),
  firewall: proxyError(403),
  'api-gone': { respond: answer.networkError, shows: UNREACHABLE },
  'other-version': {
    respond: () => Response.json({}),
    shows: { notice: 'api_bad_answer', supportCode: 'api_bad_answer 200' },
  },
} satisfies Record<string, Failure>;

/** One story for each of these failures. */
const forEach = <Name extends keyof typeof failures>(
  names: readonly Name[],
  story: (name: Name, failure: Failure) => Story,
) => names.map((name) => story(name, failures[name]));

const restoring: Story[] = [
  {
    name: 'restoring',
    before: { isSignedIn: true },
    answers: { session: 'never' },
    shows: { session: 'restoring', offers: [] },
  },
  ...Object.entries<Failure>(failures).map(([name, { respond, shows }]): Story => ({
    name: `restoring-${name}`,
    before: { isSignedIn: true },
    answers: { session: respond },
    shows: { session: 'restoring', ...shows, offers: ['try-again'] },
  })),
  {
    name: 'restoring-offline',
    before: { isSignedIn: true },
    browser: { isOffline: true },
    answers: { session: answer.networkError },
    shows: { session: 'restoring', notice: 'offline', offers: ['try-again'] },
  },
];

const signedOut: Story[] = [
  { name: 'signed-out', shows: { session: 'signed-out', offers: SIGN_IN, says: 'Sign in with AIHubMix' } },
  {
    name: 'signed-out-in-app-browser',
    browser: { userAgent: KAKAOTALK },
    shows: { session: 'signed-out', offers: SIGN_IN, says: 'You’re using KakaoTalk’s built-in browser.' },
  },
  {
    name: 'signed-out-by-choice',
    before: { isSignedIn: true },
    answers: signedIn,
    act: ({ press }) => press('sign-out'),
    shows: { session: 'signed-out', offers: SIGN_IN },
  },
  {
    name: 'signed-out-framed',
    browser: { isFramed: true },
    act: pressSignIn,
    shows: { session: 'signed-out', notice: 'framed', supportCode: 'framed', offers: SIGN_IN },
  },
  {
    name: 'signed-out-cookies-blocked',
    browser: { blocksCookies: true },
    shows: { session: 'signed-out', notice: 'cookies_blocked', offers: SIGN_IN },
  },
  {
    name: 'signed-out-denied',
    answers: { exchangeToken: () => answer.error('authorization_denied') },
    act: receive({ error: 'access_denied' }),
    shows: { session: 'signed-out', notice: 'authorization_denied', offers: SIGN_IN },
  },
  {
    name: 'signed-out-not-in-time',
    answers: { start: answer.startForOneSecond },
    act: pressSignIn,
    shows: {
      session: 'signed-out',
      notice: 'transaction_expired',
      supportCode: 'transaction_expired',
      offers: SIGN_IN,
    },
  },
  {
    name: 'signed-out-closed-early',
    // The app ends the transaction, as soon as it has been prepared.
    answers: { exchangeToken: () => answer.error('authorization_denied') },
    act: async ({ press, opened }) => {
      await press('sign-in');
      opened[0]?.close();
    },
    shows: { session: 'signed-out', notice: 'window_closed', supportCode: 'window_closed', offers: SIGN_IN },
  },
  {
    name: 'signed-out-came-back-without-api-cookies',
    before: { outcome: { code: 'api_cookies_blocked', requestId: 'req-1' } },
    shows: {
      session: 'signed-out',
      notice: 'api_cookies_blocked',
      supportCode: 'api_cookies_blocked req-1',
      offers: SIGN_IN,
      says: 'Open the app at its usual address.',
    },
  },
  {
    name: 'signed-out-came-back-refused',
    before: { outcome: { code: 'code_rejected', requestId: 'req-1' } },
    shows: { session: 'signed-out', ...apiError('code_rejected').shows, offers: SIGN_IN },
  },
  ...forEach(
    ['api-down', 'api-gone', 'rate-limited', 'wrong-address', 'restarting', 'our-fault', 'other-version'],
    (name, { respond, shows }) => ({
      name: `start-${name}`,
      answers: { start: respond },
      act: pressSignIn,
      shows: { session: 'signed-out', ...shows, offers: SIGN_IN },
    }),
  ),
  ...(
    [
      'authorization_failed',
      'code_rejected',
      'transaction_not_found',
      'transaction_replaced',
      'transaction_invalid',
      'transaction_expired',
      'transaction_replayed',
      'rate_limited',
      'provider_bad_response',
      'provider_misconfigured',
      'provider_unavailable',
      'provider_timeout',
    ] as const
  ).map((code): Story => {
    const { shows } = apiError(code);
    return {
      name: `exchange-${code.replaceAll('_', '-')}`,
      // The provider may have used the code, so the app does not repeat the exchange.
      answers: { exchangeToken: () => answer.error(code, undefined, { retryable: false }) },
      act: receive({ code: 'code-1' }),
      shows: { session: 'signed-out', ...shows, offers: SIGN_IN },
    };
  }),
  ...forEach(['api-gone'], (name, { respond, shows }) => ({
    name: `exchange-${name}`,
    answers: { exchangeToken: respond },
    act: receive({ code: 'code-1' }),
    shows: { session: 'signed-out', ...shows, offers: SIGN_IN },
  })),
];

const signingIn: Story[] = [
  {
    name: 'opening-window',
    answers: { start: 'never' },
    act: pressSignIn,
    shows: { session: 'signing-in', offers: ['continue-here', 'cancel-sign-in'] },
  },
  {
    name: 'waiting-for-provider',
    act: pressSignIn,
    shows: { session: 'signing-in', offers: ['show-window', 'continue-here', 'cancel-sign-in'] },
  },
  {
    name: 'window-lost',
    act: async ({ press, find, opened }) => {
      await press('sign-in');
      await find('show-window');
      opened[0]?.close();
    },
    shows: {
      session: 'signed-out',
      notice: 'window_closed',
      offers: ['sign-in', 'continue-here', 'cancel-sign-in'],
    },
  },
  {
    name: 'redirecting',
    browser: { opensNoWindow: true },
    answers: { start: 'never' },
    act: pressSignIn,
    shows: { session: 'signing-in', offers: ['cancel-sign-in'] },
  },
  {
    name: 'exchanging-code',
    answers: { exchangeToken: 'never' },
    act: receive({ code: 'code-1' }),
    shows: { session: 'signing-in', offers: [] },
  },
];

const account = (
  [
    {
      name: 'account-loading',
      answers: { session: answer.token, userinfo: 'never' },
      shows: { session: 'signed-in', offers: ['sign-out', 'top-up'], says: 'Loading your account' },
    },
    { name: 'account', answers: signedIn, shows: { session: 'signed-in', offers: ACCOUNT, says: '750.00' } },
    {
      name: 'account-refreshing',
      answers: signedIn,
      act: refresh({ userinfo: 'never' }),
      shows: { session: 'signed-in', offers: ['sign-out', 'top-up'], says: '750.00' },
    },
    {
      name: 'account-unchanged',
      answers: signedIn,
      act: refresh(),
      shows: { session: 'signed-in', offers: ACCOUNT, says: 'Your balance is unchanged.' },
    },
    {
      name: 'account-changed',
      answers: signedIn,
      act: refresh({ userinfo: () => answer.userinfo({ balance_formatted: '760.00' }) }),
      shows: { session: 'signed-in', offers: ACCOUNT, says: 'Your balance changed from 750.00 to 760.00.' },
    },
    ...forEach(
      ['provider-down', 'rate-limited', 'gateway-timeout', 'api-gone', 'our-fault'],
      (name, { respond, shows }) => ({
        name: `account-stale-${name}`,
        answers: signedIn,
        act: refresh({ userinfo: respond }),
        shows: { session: 'signed-in', ...shows, offers: ACCOUNT, says: 'This may be out of date.' },
      }),
    ),
    {
      name: 'account-offline',
      answers: signedIn,
      act: async ({ find, goOffline }) => {
        await find('reading');
        goOffline();
      },
      shows: { session: 'signed-in', notice: 'offline', offers: ACCOUNT, says: '750.00' },
    },
    {
      name: 'account-token-not-renewed',
      answers: {
        session: answer.token,
        userinfo: () => answer.error('invalid_token'),
        refreshToken: failures['provider-down'].respond,
      },
      shows: { session: 'signed-in', ...failures['provider-down'].shows, offers: ACCOUNT },
    },
    {
      name: 'account-failed-not-allowed',
      answers: { session: answer.token, userinfo: () => answer.error('insufficient_scope') },
      shows: {
        session: 'signed-in',
        notice: 'insufficient_scope',
        offers: ACCOUNT,
        says: 'We couldn’t load your account.',
      },
    },
    ...forEach(
      ['firewall', 'misconfigured', 'provider-slow', 'other-version'],
      (name, { respond, shows }) => ({
        name: `account-failed-${name}`,
        answers: { session: answer.token, userinfo: respond },
        shows: { session: 'signed-in', ...shows, offers: ACCOUNT, says: 'We couldn’t load your account.' },
      }),
    ),
    {
      name: 'account-without-balance',
      answers: {
        session: () => answer.token({ scope: 'profile' }),
        userinfo: () => {
          const { balance_formatted: _, quota: __, used_quota: ___, ...profile } = userinfo;
          return Response.json(profile);
        },
      },
      shows: {
        session: 'signed-in',
        offers: ACCOUNT,
        says: 'You haven’t shared your balance with this app.',
      },
    },
    {
      name: 'account-without-profile',
      answers: {
        session: () => answer.token({ scope: 'balance' }),
        userinfo: () => {
          const { username: _, email: __, ...rest } = userinfo;
          return Response.json(rest);
        },
      },
      shows: {
        session: 'signed-in',
        offers: ACCOUNT,
        says: 'You haven’t shared your name and email with this app.',
      },
    },
    {
      name: 'account-long-names',
      answers: {
        session: answer.token,
        userinfo: () =>
          answer.userinfo({
            username: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(3),
            email: `${'long.'.repeat(20)}name@${'sub.'.repeat(12)}example.com`,
          }),
      },
      shows: { session: 'signed-in', offers: ACCOUNT, says: 'Wolfeschlegelsteinhausenbergerdorff' },
    },
    {
      name: 'account-markup-in-names',
      answers: {
        session: answer.token,
        userinfo: () => answer.userinfo({ username: MARKUP, email: MARKUP, balance_formatted: MARKUP }),
      },
      shows: { session: 'signed-in', offers: ACCOUNT, says: MARKUP },
    },
    ...(
      [
        ['running-low', { used_quota: 950_001, balance_formatted: '50.00' }, 'Running low: 5% left'],
        ['used-up', { used_quota: 1_000_000, balance_formatted: '0.00' }, 'Used up. Top up to continue.'],
        ['in-debt', { used_quota: 1_200_000, balance_formatted: '-200.00' }, 'In debt. Top up to continue.'],
        ['unlimited', { quota: -1 }, 'Unlimited quota'],
        [
          'with-unknown-quota',
          { quota: 29_071_257, used_quota: 286_403_484, balance_formatted: '$58.14' },
          '$58.14',
        ],
        ['huge-balance', HUGE_BALANCE, HUGE_BALANCE.balance_formatted],
        ['inactive', { status: 2 }, 'This AIHubMix account is inactive'],
        [
          'right-to-left-name',
          { username: 'محمد عبد الله (مطوّر)', balance_formatted: '٧٥٠٫٠٠ د.إ' },
          'محمد عبد الله (مطوّر)',
        ],
        ['emoji-name', { username: '👩🏽‍💻🇰🇷 Ji-woo 🎉', email: 'postmaster@localhost' }, 'postmaster@localhost'],
      ] as const
    ).map(([name, changes, says]) => ({
      name: `account-${name}`,
      answers: { ...signedIn, userinfo: () => answer.userinfo(changes) },
      shows: { session: 'signed-in' as const, offers: ACCOUNT, says },
    })),
    {
      name: 'account-huge-balance-changed',
      answers: { ...signedIn, userinfo: () => answer.userinfo(HUGE_BALANCE) },
      act: refresh({
        userinfo: () => answer.userinfo({ ...HUGE_BALANCE, balance_formatted: '¥ 123,456,789,012,355.67' }),
      }),
      shows: { session: 'signed-in', offers: ACCOUNT, says: 'to ¥\u00A0123,456,789,012,355.67.' },
    },
    {
      name: 'top-up-tab-blocked',
      browser: { opensNoWindow: true },
      answers: signedIn,
      act: pressTopUp,
      shows: { session: 'signed-in', notice: 'tab_blocked', offers: ACCOUNT },
    },
    {
      name: 'top-up-link-refused-by-api',
      answers: { ...signedIn, topup: () => answer.error('unsafe_topup_url') },
      act: pressTopUp,
      shows: { session: 'signed-in', ...apiError('unsafe_topup_url').shows, offers: ACCOUNT },
    },
    {
      name: 'top-up-link-refused-here',
      answers: { ...signedIn, topup: () => Response.json({ topup_url: 'javascript:alert(1)' }) },
      act: pressTopUp,
      shows: {
        session: 'signed-in',
        notice: 'unsafe_topup_url',
        supportCode: 'unsafe_topup_url',
        offers: ACCOUNT,
      },
    },
    ...forEach(['provider-down'], (name, { respond, shows }) => ({
      name: `top-up-${name}`,
      answers: { ...signedIn, topup: respond },
      act: pressTopUp,
      shows: { session: 'signed-in', ...shows, offers: ACCOUNT },
    })),
  ] satisfies Story[]
).map((story): Story => ({ ...story, before: { isSignedIn: true } }));

const ended: Story[] = [
  ...(
    [
      // Nothing failed in these two, so there is no code for support.
      { code: 'session_expired', supportCode: undefined },
      { code: 'no_session', supportCode: undefined },
      { code: 'session_refused', supportCode: 'session_refused req-1' },
      { code: 'session_invalid', supportCode: 'session_invalid req-1' },
    ] as const
  ).map(({ code, supportCode }): Story => ({
    name: `ended-${code.replaceAll('_', '-')}`,
    before: { isSignedIn: true },
    answers: signedIn,
    act: refresh({
      userinfo: () => answer.error('invalid_token'),
      refreshToken: () => answer.error(code),
    }),
    shows: { session: 'ended', notice: code, ...(supportCode && { supportCode }), offers: SIGN_IN },
  })),
  {
    name: 'ended-token-refused-after-refresh',
    before: { isSignedIn: true },
    answers: {
      session: answer.token,
      userinfo: () => answer.error('invalid_token'),
      refreshToken: answer.token,
    },
    shows: { session: 'ended', ...apiError('invalid_token').shows, offers: SIGN_IN },
  },
];

/** The stories by the screens that they show. */
export const storiesByScreen = {
  'Restoring the session': restoring,
  'Signed out': signedOut,
  'Signing in': signingIn,
  Account: account,
  'Session ended': ended,
  'App not loaded': notLoaded,
  'Sign-in window': signInWindow,
} satisfies Record<string, Story[]>;

export const stories: readonly Story[] = Object.values(storiesByScreen).flat();

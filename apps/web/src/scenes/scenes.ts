import { answer, userinfo } from '@oneclick/sign-in/test/answers.ts';
import { handOver } from '@oneclick/sign-in/test/hand-over-as-callback-page.ts';
import type { Scene, Stage } from './open-scene.tsx';
import type { Answers } from './played-api.ts';

/*
 * Every state of the app that a person can meet, each from the API's answers and the person's clicks alone. The
 * tests open them all; nothing in here knows of tests.
 */

const KAKAOTALK =
  'Mozilla/5.0 (Linux; Android 14; SM-S928N) AppleWebKit/537.36 Chrome/126.0 KAKAOTALK/11.0.0';
const CANARY = '<img src=canary onerror=alert(1)>';
const WAIT_A_MINUTE = { 'Retry-After': '60' };

const pressSignIn = ({ press }: Stage) => press('sign-in');
/** The balance is there, and then asked for again. */
const refresh =
  (then: Answers = {}) =>
  async ({ see, play, press }: Stage) => {
    await see('reading');
    play(then);
    await press('refresh-balance');
  };
const comeBack = (response: Parameters<typeof handOver>[0]) => async (stage: Stage) => {
  await stage.press('sign-in');
  await stage.see('show-window');
  await handOver(response);
};

const SIGN_IN = ['sign-in'];
const ACCOUNT = ['refresh-balance', 'top-up', 'sign-out'];
const signedIn = { session: answer.token, userinfo: () => answer.userinfo(), logout: answer.noContent };

const restoring: Scene[] = [
  {
    name: 'restoring',
    before: { isSignedIn: true },
    answers: { session: 'nothing' },
    shows: { session: 'restoring', offers: [] },
  },
  ...(
    [
      [
        'provider-down',
        () => answer.error('provider_unavailable'),
        'provider_unavailable',
        'provider_unavailable req-1',
      ],
      ['provider-slow', () => answer.error('provider_timeout'), 'provider_timeout', 'provider_timeout req-1'],
      [
        'provider-nonsense',
        () => answer.error('provider_bad_response'),
        'provider_bad_response',
        'provider_bad_response req-1',
      ],
      [
        'misconfigured',
        () => answer.error('provider_misconfigured'),
        'provider_misconfigured',
        'provider_misconfigured req-1',
      ],
      [
        'rate-limited',
        () => answer.error('rate_limited', WAIT_A_MINUTE),
        'rate_limited',
        'rate_limited req-1',
      ],
      [
        'restarting',
        () => answer.error('shutting_down', WAIT_A_MINUTE),
        'shutting_down',
        'shutting_down req-1',
      ],
      [
        'elsewhere-renewed',
        () => answer.error('refresh_in_progress'),
        'refresh_in_progress',
        'refresh_in_progress req-1',
      ],
      [
        'wrong-address',
        () => answer.error('origin_not_allowed'),
        'origin_not_allowed',
        'origin_not_allowed req-1',
      ],
      ['our-fault', () => answer.error('internal_error'), 'internal_error', 'internal_error req-1'],
      ['api-down', () => answer.html(502), 'api_unreachable', 'api_unreachable'],
      ['firewall', () => answer.html(403), 'api_unreachable', 'api_unreachable'],
      ['api-gone', answer.networkError, 'api_unreachable', 'api_unreachable'],
      ['other-version', () => Response.json({}), 'api_bad_answer', 'api_bad_answer'],
    ] as const
  ).map(([name, session, notice, quote]): Scene => ({
    name: `restoring-${name}`,
    before: { isSignedIn: true },
    answers: { session },
    shows: { session: 'restoring', notice, quote, offers: ['try-again'] },
  })),
  {
    name: 'restoring-offline',
    before: { isSignedIn: true },
    browser: { isOffline: true },
    answers: { session: answer.networkError },
    shows: { session: 'restoring', notice: 'offline', offers: ['try-again'] },
  },
];

const signedOut: Scene[] = [
  { name: 'signed-out', shows: { session: 'signed-out', offers: SIGN_IN, says: 'Sign in with AIHubMix' } },
  {
    name: 'signed-out-in-app-browser',
    browser: { userAgent: KAKAOTALK },
    shows: { session: 'signed-out', offers: SIGN_IN, says: "You are in KakaoTalk's own browser." },
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
    shows: { session: 'signed-out', notice: 'framed', quote: 'framed', offers: SIGN_IN },
  },
  {
    name: 'signed-out-denied',
    answers: { exchangeToken: () => answer.error('authorization_denied') },
    act: comeBack({ error: 'access_denied' }),
    shows: { session: 'signed-out', notice: 'authorization_denied', offers: SIGN_IN },
  },
  {
    name: 'signed-out-not-in-time',
    answers: { start: answer.startForOneSecond },
    act: pressSignIn,
    shows: { session: 'signed-out', notice: 'attempt_expired', quote: 'attempt_expired', offers: SIGN_IN },
  },
  {
    name: 'signed-out-closed-early',
    act: async ({ press, opened }) => {
      await press('sign-in');
      opened[0]?.close();
    },
    shows: { session: 'signed-out', notice: 'window_closed', quote: 'window_closed', offers: SIGN_IN },
  },
  {
    name: 'signed-out-came-back-refused',
    before: { outcome: { code: 'code_rejected', requestId: 'req-1' } },
    shows: { session: 'signed-out', notice: 'code_rejected', quote: 'code_rejected req-1', offers: SIGN_IN },
  },
  ...(
    [
      ['api-down', () => answer.html(503), 'api_unreachable', ''],
      ['api-gone', answer.networkError, 'api_unreachable', ''],
      ['rate-limited', () => answer.error('rate_limited', WAIT_A_MINUTE), 'rate_limited', ' req-1'],
      ['wrong-address', () => answer.error('origin_not_allowed'), 'origin_not_allowed', ' req-1'],
      ['restarting', () => answer.error('shutting_down', WAIT_A_MINUTE), 'shutting_down', ' req-1'],
      ['our-fault', () => answer.error('internal_error'), 'internal_error', ' req-1'],
      ['other-version', () => Response.json({}), 'api_bad_answer', ''],
    ] as const
  ).map(([name, start, notice, requestId]): Scene => ({
    name: `start-${name}`,
    answers: { start },
    act: pressSignIn,
    shows: { session: 'signed-out', notice, quote: notice + requestId, offers: SIGN_IN },
  })),
  ...(
    [
      'authorization_failed',
      'code_rejected',
      'transaction_not_found',
      'transaction_invalid',
      'transaction_expired',
      'transaction_replayed',
      'rate_limited',
      'provider_bad_response',
      'provider_misconfigured',
      'provider_unavailable',
      'provider_timeout',
    ] as const
  ).map((code): Scene => ({
    name: `exchange-${code.replaceAll('_', '-')}`,
    answers: { exchangeToken: () => answer.error(code) },
    act: comeBack({ code: 'code-1' }),
    shows: { session: 'signed-out', notice: code, quote: `${code} req-1`, offers: SIGN_IN },
  })),
  {
    name: 'exchange-api-gone',
    answers: { exchangeToken: answer.networkError },
    act: comeBack({ code: 'code-1' }),
    shows: { session: 'signed-out', notice: 'api_unreachable', quote: 'api_unreachable', offers: SIGN_IN },
  },
];

const signingIn: Scene[] = [
  {
    name: 'window-opening',
    answers: { start: 'nothing' },
    act: pressSignIn,
    shows: { session: 'signing-in', offers: ['continue-here', 'cancel-sign-in'] },
  },
  {
    name: 'window-waiting',
    act: pressSignIn,
    shows: { session: 'signing-in', offers: ['show-window', 'continue-here', 'cancel-sign-in'] },
  },
  {
    name: 'window-lost',
    act: async ({ press, see, opened }) => {
      await press('sign-in');
      await see('show-window');
      opened[0]?.close();
    },
    shows: {
      session: 'signed-out',
      notice: 'window_closed',
      offers: ['sign-in', 'continue-here', 'cancel-sign-in'],
    },
  },
  {
    name: 'continuing-here',
    browser: { opensNoWindow: true },
    answers: { start: 'nothing' },
    act: pressSignIn,
    shows: { session: 'signing-in', offers: ['cancel-sign-in'] },
  },
  {
    name: 'exchanging',
    answers: { exchangeToken: 'nothing' },
    act: comeBack({ code: 'code-1' }),
    shows: { session: 'signing-in', offers: [] },
  },
];

const account = (
  [
    {
      name: 'account-loading',
      answers: { session: answer.token, userinfo: 'nothing' },
      shows: { session: 'signed-in', offers: ['top-up', 'sign-out'], says: 'Reading your account' },
    },
    { name: 'account', answers: signedIn, shows: { session: 'signed-in', offers: ACCOUNT, says: '750.00' } },
    {
      name: 'account-refreshing',
      answers: signedIn,
      act: refresh({ userinfo: 'nothing' }),
      shows: { session: 'signed-in', offers: ['top-up', 'sign-out'], says: '750.00' },
    },
    {
      name: 'account-unchanged',
      answers: signedIn,
      act: refresh(),
      shows: { session: 'signed-in', offers: ACCOUNT, says: 'The balance is unchanged.' },
    },
    {
      name: 'account-changed',
      answers: signedIn,
      act: refresh({ userinfo: () => answer.userinfo({ balance_formatted: '760.00' }) }),
      shows: { session: 'signed-in', offers: ACCOUNT, says: 'The balance went from 750.00 to 760.00.' },
    },
    ...(
      [
        ['provider-down', () => answer.error('provider_unavailable'), 'provider_unavailable', ' req-1'],
        ['rate-limited', () => answer.error('rate_limited', WAIT_A_MINUTE), 'rate_limited', ' req-1'],
        ['api-down', () => answer.html(504), 'api_unreachable', ''],
        ['api-gone', answer.networkError, 'api_unreachable', ''],
        ['our-fault', () => answer.error('internal_error'), 'internal_error', ' req-1'],
      ] as const
    ).map(([name, then, notice, requestId]): Scene => ({
      name: `account-stale-${name}`,
      answers: signedIn,
      act: refresh({ userinfo: then }),
      shows: {
        session: 'signed-in',
        notice,
        quote: notice + requestId,
        offers: ACCOUNT,
        says: 'Shown as it was at',
      },
    })),
    {
      name: 'account-offline',
      answers: signedIn,
      act: async ({ see, goOffline }) => {
        await see('reading');
        goOffline();
      },
      shows: { session: 'signed-in', notice: 'offline', offers: ACCOUNT, says: '750.00' },
    },
    {
      name: 'account-not-renewed',
      answers: {
        session: () => answer.token({ expires_in: 0 }),
        refreshToken: () => answer.error('provider_unavailable'),
      },
      shows: {
        session: 'signed-in',
        notice: 'provider_unavailable',
        quote: 'provider_unavailable req-1',
        offers: ACCOUNT,
      },
    },
    ...(
      [
        ['not-allowed', () => answer.error('insufficient_scope'), 'insufficient_scope', undefined],
        ['firewall', () => answer.html(403), 'api_unreachable', 'api_unreachable'],
        [
          'misconfigured',
          () => answer.error('provider_misconfigured'),
          'provider_misconfigured',
          'provider_misconfigured req-1',
        ],
        [
          'provider-slow',
          () => answer.error('provider_timeout'),
          'provider_timeout',
          'provider_timeout req-1',
        ],
        ['other-version', () => Response.json({}), 'api_bad_answer', 'api_bad_answer'],
      ] as const
    ).map(([name, then, notice, quote]): Scene => ({
      name: `account-unread-${name}`,
      answers: { session: answer.token, userinfo: then },
      shows: {
        session: 'signed-in',
        notice,
        ...(quote !== undefined && { quote }),
        offers: ACCOUNT,
        says: 'Your account could not be read.',
      },
    })),
    {
      name: 'account-without-balance',
      answers: {
        session: () => answer.token({ scope: 'profile' }),
        userinfo: () => {
          const { balance_formatted: _, quota: __, used_quota: ___, ...profile } = userinfo;
          return Response.json(profile);
        },
      },
      shows: { session: 'signed-in', offers: ACCOUNT, says: 'The balance was not shared with this app.' },
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
        says: 'Name and e-mail were not shared with this app.',
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
            balance_formatted: '¥ 123,456,789,012,345.67',
            quota: 9_000_000_000_000_000,
            used_quota: 8_999_999_999_999_999,
          }),
      },
      shows: { session: 'signed-in', offers: ACCOUNT, says: '¥ 123,456,789,012,345.67' },
    },
    {
      name: 'account-markup-in-names',
      answers: {
        session: answer.token,
        userinfo: () => answer.userinfo({ username: CANARY, email: CANARY, balance_formatted: CANARY }),
      },
      shows: { session: 'signed-in', offers: ACCOUNT, says: CANARY },
    },
    {
      name: 'account-suspended-and-spent',
      answers: {
        session: answer.token,
        userinfo: () => answer.userinfo({ status: 2, used_quota: 1_200_000, balance_formatted: '-200.00' }),
      },
      shows: { session: 'signed-in', offers: ACCOUNT, says: 'Not active' },
    },
    {
      name: 'top-up-tab-blocked',
      browser: { opensNoWindow: true },
      answers: signedIn,
      act: async ({ see, press }) => {
        await see('reading');
        await press('top-up');
      },
      shows: { session: 'signed-in', notice: 'tab_blocked', offers: ACCOUNT },
    },
    ...(
      [
        ['unsafe-link', () => answer.error('unsafe_topup_url'), 'unsafe_topup_url', ' req-1'],
        [
          'unsafe-link-here',
          () => Response.json({ topup_url: 'javascript:alert(1)' }),
          'unsafe_topup_url',
          '',
        ],
        ['provider-down', () => answer.error('provider_unavailable'), 'provider_unavailable', ' req-1'],
      ] as const
    ).map(([name, topup, notice, requestId]): Scene => ({
      name: `top-up-${name}`,
      answers: { ...signedIn, topup },
      act: async ({ see, press }) => {
        await see('reading');
        await press('top-up');
      },
      shows: { session: 'signed-in', notice, quote: notice + requestId, offers: ACCOUNT },
    })),
  ] satisfies Scene[]
).map((scene): Scene => ({ ...scene, before: { isSignedIn: true } }));

const ended: Scene[] = (
  [
    ['session_expired', undefined],
    ['session_refused', 'session_refused req-1'],
    ['session_invalid', 'session_invalid req-1'],
    ['no_session', undefined],
  ] as const
).map(([notice, quote]) => ({
  name: `ended-${notice.replaceAll('_', '-')}`,
  before: { isSignedIn: true },
  answers: signedIn,
  act: refresh({
    userinfo: () => answer.error('invalid_token'),
    refreshToken: () => answer.error(notice),
  }),
  shows: { session: 'ended', notice, ...(quote !== undefined && { quote }), offers: SIGN_IN },
}));

const refused: Scene = {
  name: 'ended-token-refused',
  before: { isSignedIn: true },
  answers: {
    session: answer.token,
    userinfo: () => answer.error('invalid_token'),
    refreshToken: answer.token,
  },
  shows: { session: 'ended', notice: 'invalid_token', quote: 'invalid_token req-1', offers: SIGN_IN },
};

export const scenes: readonly Scene[] = [
  ...restoring,
  ...signedOut,
  ...signingIn,
  ...account,
  ...ended,
  refused,
];

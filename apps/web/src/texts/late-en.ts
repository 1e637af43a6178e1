import type { SignInErrorCode } from '@oneclick/sign-in';

/** For codes that only a fault of this app or of the API causes: the user can do nothing about them. */
const OUR_FAULT =
  'Something went wrong on our side. Try again. If that doesn’t help, give support the code below.';

/*
 * The English texts of the account and of the errors. The other languages have the same keys, and a key that one of them
 * lacks does not compile.
 */
export const lateEn = {
  account: {
    title: 'Your account',
    loading: 'Loading your account…',
    failed: 'We couldn’t load your account.',
    username: 'Name',
    email: 'Email',
    usage: 'Quota used',
    usageNumbers: ({ used, quota, share }: { used: string; quota: string; share: string }) =>
      `${used} of ${quota} used (${share})`,
    usedSoFar: (used: string) => `${used} used so far`,
    left: (share: string) => `${share} left`,
    runningLow: (share: string) => `Running low: ${share} left`,
    usedUp: 'Used up. Top up to continue.',
    inDebt: 'In debt. Top up to continue.',
    unlimited: 'Unlimited quota',
    memberSince: 'Member since',
    status: 'Status',
    statusActive: 'Active',
    statusInactive: 'Inactive',
    inactiveMeans:
      'This AIHubMix account is inactive, so apps may not be able to use it. To reactivate it, contact AIHubMix.',
    profileNotShared: 'You haven’t shared your name and email with this app.',
    balanceNotShared: 'You haven’t shared your balance with this app.',
    refresh: 'Refresh balance',
    refreshing: 'Refreshing…',
    topUp: 'Top up',
    topUpHint: 'Opens AIHubMix in a new tab.',
    signOut: 'Sign out',
    updatedAt: (time: string) => `Updated at ${time}.`,
    changed: ({ before, after }: { before: string; after: string }) =>
      `Your balance changed from ${before} to ${after}.`,
    unchanged: 'Your balance is unchanged.',
    mayBeOutdated: (age: string) => `This may be out of date. Last updated ${age}.`,
  },
  error: {
    codeForSupport: 'Error code for support:',
  },
  /** For each code, what happened and what to do next. A code without a sentence does not compile. */
  errors: {
    offline: 'You’re offline. Check your internet connection.',
    api_unreachable: 'We can’t reach the server. Check your internet connection, then try again.',
    /** `api_unreachable` with a status: the connection works. */
    not_answered_by_api: 'The server can’t answer right now. Try again in a minute.',
    api_bad_answer: 'This page doesn’t understand the server’s response. Reload the page and try again.',
    rate_limited: 'Too many requests. Wait a minute, then try again.',
    shutting_down: 'The server is restarting. Try again in a moment.',
    origin_not_allowed:
      'For your security, you can sign in only from this app. Open it at its usual address.',
    cookies_blocked:
      'This browser blocks cookies, and you can’t sign in without them. Allow cookies for this site, then reload the page.',
    api_cookies_blocked:
      'Your browser didn’t keep the cookies of this app’s server, which has a different address. Open the app at its usual address. If you’re already there, the app and its server have to be on one site: only the app’s operator can change that, so contact support.',
    framed: 'Signing in isn’t safe inside another page. Open this app in its own tab.',

    window_closed: 'The sign-in window was closed. Sign in again to continue.',
    transaction_expired: 'The sign-in took longer than ten minutes and expired. Sign in again.',
    transaction_not_found:
      'The sign-in wasn’t started in this browser, or cookies are blocked. Allow cookies for this site, then sign in again.',
    transaction_replaced:
      'You started newer sign-ins, and they replaced this one. Finish the newest one, or sign in again.',
    transaction_invalid: 'The sign-in couldn’t be completed. Sign in again.',
    transaction_replayed: 'This sign-in was already completed. Reload the page, or sign in again.',
    authorization_denied:
      'You didn’t allow access at AIHubMix, and nothing was shared. You can sign in whenever you like.',
    authorization_failed: 'AIHubMix couldn’t complete the sign-in. Try again in a moment.',
    code_rejected: 'AIHubMix didn’t accept the sign-in. Sign in again.',

    session_expired: 'Your session has ended. Sign in again to continue.',
    session_refused: 'AIHubMix didn’t renew your session. Sign in again to continue.',
    session_invalid: 'Your session is no longer valid. Sign in again to continue.',
    no_session: 'You’re signed out. Sign in to continue.',
    invalid_token: 'AIHubMix no longer accepts your session. Sign in again to continue.',
    refresh_in_progress: 'Your session is being renewed. Try again in a moment.',
    insufficient_scope: 'You haven’t shared this with the app. Sign out, sign in again, and allow it.',

    provider_unavailable: 'AIHubMix can’t be reached right now. Try again in a minute.',
    provider_timeout: 'AIHubMix took too long to respond. Try again in a minute.',
    provider_bad_response: 'AIHubMix sent a response we can’t use. Try again in a minute.',
    provider_misconfigured:
      'This app isn’t set up correctly with AIHubMix. Only its operator can fix that: contact support.',
    unsafe_topup_url:
      'The top-up link didn’t look safe, so we didn’t open it. Top up on the AIHubMix website instead.',
    tab_blocked: 'Your browser blocked the new tab. Allow pop-ups for this site, then try again.',

    internal_error: OUR_FAULT,
    invalid_request: OUR_FAULT,
    csrf_header_missing: OUR_FAULT,
    not_found: OUR_FAULT,
    method_not_allowed: OUR_FAULT,
    payload_too_large: OUR_FAULT,
    unsupported_media_type: OUR_FAULT,
  } satisfies Record<SignInErrorCode | 'not_answered_by_api', string>,
};

/** What every language has. */
export type LateTexts = typeof lateEn;

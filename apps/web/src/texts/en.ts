/*
 * The English texts of the first screens and of the sign-in. The other languages have the same keys, and a key that one
 * of them lacks does not compile. The texts that come after are in late-en.ts.
 */
export const en = {
  app: {
    /** The title of the page, in the browser's tab. */
    title: 'One-click sign-in with AIHubMix',
    brand: 'One-click sign-in',
    language: 'Language',
    theme: 'Theme',
    themeSystem: 'System',
    themeLight: 'Light',
    themeDark: 'Dark',
    restoring: 'Restoring your session…',
    balance: 'AIHubMix balance',
    tryAgain: 'Try again',
    notLoadedTitle: 'We can’t open this app',
    notLoaded: 'This app couldn’t be loaded. Check your internet connection, then try again.',
  },
  signedOut: {
    title: 'Sign in with AIHubMix',
    lead: 'Use the AIHubMix account you already have. No new password, no sign-up form.',
    signIn: 'Sign in with AIHubMix',
    signInAgain: 'Sign in again',
    windowLost:
      'We can’t see the sign-in window anymore. If it’s still open, finish signing in there. Otherwise, sign in again.',
    inAppBrowser: (app: string) =>
      `You’re using ${app}’s built-in browser. If AIHubMix doesn’t let you sign in here, use the menu in the corner to open this page in your usual browser.`,
    passwordStays: 'AIHubMix asks for your password on its own page. This app never sees it.',
    readOnly: 'This app can only view your account and balance.',
  },
  signingIn: {
    openingTitle: 'Opening AIHubMix…',
    openingWindow: 'The sign-in window is opening.',
    redirecting: 'You’ll come back to this page after you sign in.',
    waitingTitle: 'Continue in the AIHubMix window',
    waiting:
      'After you sign in there, this page continues automatically. Can’t find the window? It may be behind this one. “Show the window” opens it again.',
    exchangingTitle: 'Signing you in…',
    exchanging: 'AIHubMix has sent you back. This takes only a moment.',
    showWindow: 'Show the window',
    continueHere: 'Continue here instead',
    cancel: 'Cancel',
  },
};

/** What every language has. */
export type FirstTexts = typeof en;

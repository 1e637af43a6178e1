/* The public API. Nothing else of the package can be imported. */

export { createSignInClient } from './create-sign-in-client.ts';
export { preferredLanguage, rememberLanguage } from './preferred-language.ts';
export { mayHaveSession } from './session/may-have-session.ts';
export type {
  LoadingSession,
  OpenTransaction,
  Session,
  SignedInSession,
  SignedOutSession,
  SigningInSession,
} from './session/session.ts';
export type {
  InitialUserinfo,
  SignInClient,
  SignInClientOptions,
  SignInRequest,
  TopUpTab,
} from './sign-in-client.ts';
export { type ErrorDetails, isSignInErrorCode, SignInError, type SignInErrorCode } from './sign-in-error.ts';
export { inAppBrowser } from './sign-in/in-app-browser.ts';
export type { SignInEvent } from './sign-in/sign-in-event.ts';
export type { Userinfo } from '@oneclick/shared/messages';

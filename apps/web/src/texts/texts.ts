import { createI18n, params } from '@nanostores/i18n';
import { atom } from 'nanostores';
import en from './app/en.json';
import ko from './app/ko.json';
import { type Locale, preferredLocale } from '@oneclick/sign-in/src/pages/preferred-locale.ts';

/*
 * The texts of the app, from one JSON file a language. @nanostores/i18n, because it is 1.5 KB (brotli) with its
 * store, needs no eval, has types for the parameters and is kept by people who use it for a living.
 */

export const $locale = atom<Locale>(preferredLocale(navigator.languages));

const i18n = createI18n<Locale, 'en'>($locale, {
  baseLocale: 'en',
  cache: { en: {}, ko },
  get: () => Promise.resolve({}),
});

export const $app = i18n('app', {
  ...en.app,
  inAppBrowser: params<{ app: string }>(en.app.inAppBrowser),
});
export const $signingIn = i18n('signingIn', en.signingIn);
export const $notice = i18n('notice', en.notice);
export const $account = i18n('account', {
  ...en.account,
  usageNumbers: params<{ used: string; quota: string; share: string }>(en.account.usageNumbers),
  readAt: params<{ time: string }>(en.account.readAt),
  changed: params<{ before: string; after: string }>(en.account.changed),
  staleData: params<{ time: string; age: string }>(en.account.staleData),
});

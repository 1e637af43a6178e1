import type { Locale } from '@oneclick/shared/languages';
import * as en from './texts/en.ts';
import * as ja from './texts/ja.ts';
import * as ko from './texts/ko.ts';
import * as zhHans from './texts/zh-hans.ts';

/* The texts of the two pages of the sign-in window. Apart, so that each script contains its own. */

/** What every language has. A language that lacks a text does not compile. */
export type CallbackTexts = typeof en.callback;
export type LateCallbackTexts = typeof en.lateCallback;
export type OpeningTexts = typeof en.opening;

export const CALLBACK_TEXTS: Record<Locale, CallbackTexts> = {
  en: en.callback,
  ko: ko.callback,
  ja: ja.callback,
  'zh-Hans': zhHans.callback,
};

export const LATE_CALLBACK_TEXTS: Record<Locale, LateCallbackTexts> = {
  en: en.lateCallback,
  ko: ko.lateCallback,
  ja: ja.lateCallback,
  'zh-Hans': zhHans.lateCallback,
};

export const OPENING_TEXTS: Record<Locale, OpeningTexts> = {
  en: en.opening,
  ko: ko.opening,
  ja: ja.opening,
  'zh-Hans': zhHans.opening,
};

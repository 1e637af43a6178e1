import type { CallbackTexts, LateCallbackTexts, OpeningTexts } from '../page-texts.ts';

/* The Japanese texts of the two pages of the sign-in window. */

export const callback: CallbackTexts = {
  working: 'ログインしています…',
  done: 'ログインしました。このウィンドウは閉じてかまいません。',
  denied: 'ログインは完了していません。このウィンドウは閉じてかまいません。',
  cancelled: 'ログインをキャンセルしました。このウィンドウは閉じてかまいません。',
};

export const lateCallback: LateCallbackTexts = {
  ended: 'AIHubMixがログインを終了しました。このウィンドウは閉じてかまいません。',
  unanswered: 'ログインを始めたページから応答がありません。',
  goneOn: 'ログインは別のタブで続いています。このウィンドウは閉じてかまいません。',
  finish: 'ここでログインを完了する',
  nothing: 'ここで完了できるログインはありません。',
  home: 'アプリに戻る',
  cookiesBlocked:
    'ブラウザがCookieをブロックしているため、ログインを完了できません。このサイトのCookieを許可して、もう一度ログインしてください。',
};

export const opening: OpeningTexts = {
  connecting: 'AIHubMixに接続しています…',
  nothingHappens: 'アプリから応答がありません。アプリに戻って、もう一度お試しください。',
  home: 'アプリに戻る',
};

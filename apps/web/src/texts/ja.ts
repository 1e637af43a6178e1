import type { FirstTexts } from './en.ts';

/** The Japanese texts of the first screens and of the sign-in. */
export const ja: FirstTexts = {
  app: {
    title: 'AIHubMixワンクリックログイン',
    brand: 'ワンクリックログイン',
    language: '言語',
    theme: 'テーマ',
    themeSystem: 'システム',
    themeLight: 'ライト',
    themeDark: 'ダーク',
    restoring: 'ログイン状態を確認しています…',
    balance: 'AIHubMixの残高',
    tryAgain: 'もう一度試す',
    notLoadedTitle: 'アプリを開けません',
    notLoaded: 'アプリを読み込めませんでした。インターネット接続を確認して、もう一度お試しください。',
  },
  signedOut: {
    title: 'AIHubMixでログイン',
    lead: 'お持ちのAIHubMixアカウントをそのまま使えます。新しいパスワードも会員登録も不要です。',
    signIn: 'AIHubMixでログイン',
    signInAgain: 'もう一度ログイン',
    windowLost:
      'ログイン用のウィンドウを確認できなくなりました。まだ開いている場合は、そのウィンドウでログインを完了してください。閉じた場合は、もう一度ログインしてください。',
    inAppBrowser: (app) =>
      `${app}のアプリ内ブラウザを使用しています。ここでAIHubMixにログインできない場合は、画面の隅にあるメニューから、いつものブラウザでこのページを開いてください。`,
    passwordStays: 'パスワードはAIHubMixのページでのみ入力します。このアプリには渡りません。',
    readOnly: 'このアプリができるのは、アカウント情報と残高の表示だけです。',
  },
  signingIn: {
    openingTitle: 'AIHubMixを開いています…',
    openingWindow: 'ログイン用のウィンドウを開いています。',
    redirecting: 'ログインすると、このページに戻ります。',
    waitingTitle: 'AIHubMixのウィンドウで続けてください',
    waiting:
      'そのウィンドウでログインすると、このページは自動的に次に進みます。ウィンドウが見つからないときは、この画面の後ろに隠れているかもしれません。「ウィンドウを表示」を押すと、もう一度開きます。',
    exchangingTitle: 'ログインしています…',
    exchanging: 'AIHubMixから戻りました。少々お待ちください。',
    showWindow: 'ウィンドウを表示',
    continueHere: 'この画面で続ける',
    cancel: 'キャンセル',
  },
};

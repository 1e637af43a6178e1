import type { LateTexts } from './late-en.ts';

const OUR_FAULT =
  'こちら側で問題が発生しました。もう一度お試しください。解決しない場合は、下のコードをサポートにお知らせください。';

/** The Japanese texts of the account and of the errors. */
export const lateJa: LateTexts = {
  account: {
    title: 'アカウント',
    loading: 'アカウント情報を読み込んでいます…',
    failed: 'アカウント情報を読み込めませんでした。',
    username: 'ユーザー名',
    email: 'メールアドレス',
    usage: '使用済みクォータ',
    usageNumbers: ({ used, quota, share }) => `${quota}のうち${used}を使用済み（${share}）`,
    usedSoFar: (used) => `これまでに${used}を使用`,
    left: (share) => `残り${share}`,
    runningLow: (share) => `残りわずか：${share}`,
    usedUp: '残高がありません。チャージしてください。',
    inDebt: '残高がマイナスです。チャージしてください。',
    unlimited: 'クォータ無制限',
    memberSince: '登録日',
    status: '状態',
    statusActive: '有効',
    statusInactive: '無効',
    inactiveMeans:
      'このAIHubMixアカウントは無効になっているため、アプリで利用できないことがあります。再び有効にするには、AIHubMixにお問い合わせください。',
    profileNotShared: 'ユーザー名とメールアドレスは、このアプリに共有されていません。',
    balanceNotShared: '残高は、このアプリに共有されていません。',
    refresh: '残高を更新',
    refreshing: '更新しています…',
    topUp: 'チャージ',
    topUpHint: '新しいタブでAIHubMixが開きます。',
    signOut: 'ログアウト',
    updatedAt: (time) => `${time}に更新しました。`,
    changed: ({ before, after }) => `残高が${before}から${after}に変わりました。`,
    unchanged: '残高に変わりはありません。',
    mayBeOutdated: (age) => `最新の情報ではない可能性があります。最終更新：${age}`,
  },
  error: {
    codeForSupport: 'お問い合わせ用のエラーコード：',
  },
  errors: {
    offline: 'オフラインです。インターネット接続を確認してください。',
    api_unreachable: 'サーバーに接続できません。インターネット接続を確認して、もう一度お試しください。',
    not_answered_by_api: '現在、サーバーが応答できません。1 分ほどしてから、もう一度お試しください。',
    api_bad_answer: 'サーバーからの応答を処理できません。ページを再読み込みして、もう一度お試しください。',
    rate_limited: 'リクエストが多すぎます。1分ほど待ってから、もう一度お試しください。',
    shutting_down: 'サーバーを再起動しています。しばらくしてから、もう一度お試しください。',
    origin_not_allowed:
      '安全のため、このアドレスからはログインできません。アプリをいつものアドレスで開いてください。',
    cookies_blocked:
      'ブラウザがCookieをブロックしているため、ログインできません。このサイトのCookieを許可して、ページを再読み込みしてください。',
    api_cookies_blocked:
      'アプリのサーバーが別のアドレスにあり、ブラウザがそのCookieを保存しませんでした。アプリをいつものアドレスで開いてください。すでにそのアドレスの場合は、アプリとサーバーを同じサイトに置く必要があります。変更できるのは運営者だけですので、サポートにお問い合わせください。',
    framed: 'ほかのページの中では、安全にログインできません。このアプリを単独のタブで開いてください。',

    window_closed: 'ログイン用のウィンドウが閉じられました。続けるには、もう一度ログインしてください。',
    transaction_expired:
      'ログインに10分以上かかったため、有効期限が切れました。もう一度ログインしてください。',
    transaction_not_found:
      'このブラウザで始めたログインではないか、Cookieがブロックされています。このサイトのCookieを許可して、もう一度ログインしてください。',
    transaction_replaced:
      'あとから始めた別のログインに置き換えられました。最後に始めたログインを完了するか、もう一度ログインしてください。',
    transaction_invalid: 'ログインを完了できませんでした。もう一度ログインしてください。',
    transaction_replayed:
      'このログインはすでに完了しています。ページを再読み込みするか、もう一度ログインしてください。',
    authorization_denied:
      'AIHubMixでアクセスが許可されなかったため、何も共有されていません。ログインはいつでもできます。',
    authorization_failed:
      'AIHubMixでログインを完了できませんでした。しばらくしてから、もう一度お試しください。',
    code_rejected: 'AIHubMixがログインを受け付けませんでした。もう一度ログインしてください。',

    session_expired: 'ログインの有効期限が切れました。続けるには、もう一度ログインしてください。',
    session_refused: 'AIHubMixがログインを延長しませんでした。続けるには、もう一度ログインしてください。',
    session_invalid: 'ログインが無効になりました。続けるには、もう一度ログインしてください。',
    no_session: 'ログインしていません。続けるには、ログインしてください。',
    invalid_token:
      'このログインはAIHubMixで受け付けられなくなりました。続けるには、もう一度ログインしてください。',
    refresh_in_progress: 'ログインを延長しています。しばらくしてから、もう一度お試しください。',
    insufficient_scope:
      'この情報はアプリに共有されていません。いったんログアウトし、もう一度ログインして許可してください。',

    provider_unavailable: '現在、AIHubMixに接続できません。1分ほど待ってから、もう一度お試しください。',
    provider_timeout:
      'AIHubMixからの応答に時間がかかりすぎています。1分ほど待ってから、もう一度お試しください。',
    provider_bad_response: 'AIHubMixからの応答を処理できません。1分ほど待ってから、もう一度お試しください。',
    provider_misconfigured:
      'このアプリとAIHubMixの連携が正しく設定されていません。修正できるのは運営者だけですので、サポートにお問い合わせください。',
    unsafe_topup_url:
      'チャージ用のリンクが安全ではない可能性があるため、開きませんでした。AIHubMixのサイトでチャージしてください。',
    tab_blocked:
      'ブラウザが新しいタブをブロックしました。このサイトのポップアップを許可して、もう一度お試しください。',

    internal_error: OUR_FAULT,
    invalid_request: OUR_FAULT,
    csrf_header_missing: OUR_FAULT,
    not_found: OUR_FAULT,
    method_not_allowed: OUR_FAULT,
    payload_too_large: OUR_FAULT,
    unsupported_media_type: OUR_FAULT,
  },
};

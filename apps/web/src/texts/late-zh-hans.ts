import type { LateTexts } from './late-en.ts';

const OUR_FAULT = '我们的系统出现了问题。请重试。如果问题仍然存在,请将下方代码提供给客服。';

/** The Simplified Chinese texts of the account and of the errors. */
export const lateZhHans: LateTexts = {
  account: {
    title: '我的 AIHubMix 账户',
    loading: '正在加载账户信息…',
    failed: '无法加载账户信息。',
    balance: '余额',
    username: '用户名',
    email: '邮箱',
    usage: '已用额度',
    usageNumbers: ({ used, quota, share }) => `已用 ${used},共 ${quota}(${share})`,
    memberSince: '注册日期',
    status: '状态',
    statusActive: '正常',
    statusInactive: '已停用',
    profileNotShared: '您未与本应用共享用户名和邮箱。',
    balanceNotShared: '您未与本应用共享余额。',
    refresh: '刷新余额',
    refreshing: '正在刷新…',
    topUp: '充值',
    topUpHint: '将在新标签页中打开 AIHubMix。返回后余额会自动更新。',
    signOut: '退出登录',
    updatedAt: (time) => `更新于 ${time}。`,
    changed: ({ before, after }) => `余额已从 ${before} 变为 ${after}。`,
    unchanged: '余额没有变化。',
    mayBeOutdated: (age) => `数据可能不是最新的。上次更新:${age}`,
  },
  error: {
    codeForSupport: '供客服查询的错误代码:',
  },
  errors: {
    offline: '您已离线。请检查网络连接。',
    api_unreachable: '无法连接服务器。请检查网络连接,然后重试。',
    api_bad_answer: '无法识别服务器的响应。请刷新页面,然后重试。',
    rate_limited: '请求过于频繁。请等待一分钟,然后重试。',
    shutting_down: '服务器正在重启。请稍后重试。',
    origin_not_allowed: '为了您的安全,无法从当前地址登录。请通过平时的网址打开本应用。',
    cookies_blocked: '浏览器阻止了 Cookie,因此无法登录。请允许本网站使用 Cookie,然后刷新页面。',
    api_cookies_blocked:
      '本应用的服务器使用另一个地址,浏览器没有保存它的 Cookie。请通过平时的网址打开本应用。如果网址无误,则应用和服务器必须位于同一站点。只有运营者可以更改,请联系客服。',
    framed: '在其他页面中登录不安全。请在单独的标签页中打开本应用。',

    window_closed: '登录窗口已关闭。如需继续,请重新登录。',
    transaction_expired: '登录用时超过十分钟,已过期。请重新登录。',
    transaction_not_found:
      '登录不是从此浏览器发起的,或者 Cookie 被阻止。请允许本网站使用 Cookie,然后重新登录。',
    transaction_replaced: '您之后发起的登录已取代本次登录。请完成最近一次登录,或重新登录。',
    transaction_invalid: '无法完成登录。请重新登录。',
    transaction_replayed: '本次登录已经完成。请刷新页面,或重新登录。',
    authorization_denied: '您未在 AIHubMix 授权,因此没有共享任何信息。您可以随时重新登录。',
    authorization_failed: 'AIHubMix 未能完成登录。请稍后重试。',
    code_rejected: 'AIHubMix 未接受本次登录。请重新登录。',

    session_expired: '登录已过期。如需继续,请重新登录。',
    session_refused: 'AIHubMix 未延长您的登录。如需继续,请重新登录。',
    session_invalid: '登录已失效。如需继续,请重新登录。',
    no_session: '您已退出登录。如需继续,请登录。',
    invalid_token: 'AIHubMix 不再接受此登录。如需继续,请重新登录。',
    refresh_in_progress: '正在延长登录。请稍后重试。',
    insufficient_scope: '您未与本应用共享此信息。请退出登录后重新登录,并允许共享。',

    provider_unavailable: '目前无法连接 AIHubMix。请在一分钟后重试。',
    provider_timeout: 'AIHubMix 响应时间过长。请在一分钟后重试。',
    provider_bad_response: '无法处理 AIHubMix 的响应。请在一分钟后重试。',
    provider_misconfigured: '本应用与 AIHubMix 的对接设置有误。只有运营者可以修复,请联系客服。',
    unsafe_topup_url: '充值链接可能不安全,因此没有打开。请在 AIHubMix 网站上充值。',
    tab_blocked: '浏览器阻止了新标签页。请允许本网站的弹出窗口,然后重试。',

    internal_error: OUR_FAULT,
    invalid_request: OUR_FAULT,
    csrf_header_missing: OUR_FAULT,
    not_found: OUR_FAULT,
    method_not_allowed: OUR_FAULT,
    payload_too_large: OUR_FAULT,
    unsupported_media_type: OUR_FAULT,
  },
};

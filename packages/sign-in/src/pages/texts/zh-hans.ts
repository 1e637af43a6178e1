import type { CallbackTexts, LateCallbackTexts, OpeningTexts } from '../page-texts.ts';

/* The Simplified Chinese texts of the two pages of the sign-in window. */

export const callback: CallbackTexts = {
  working: '正在登录…',
  done: '登录成功。您可以关闭此窗口。',
  denied: '登录未完成。您可以关闭此窗口。',
  cancelled: '登录已取消。您可以关闭此窗口。',
};

export const lateCallback: LateCallbackTexts = {
  ended: 'AIHubMix 已结束本次登录。您可以关闭此窗口。',
  unanswered: '您开始登录的页面没有响应。',
  goneOn: '登录已在其他标签页中继续。您可以关闭此窗口。',
  finish: '在此完成登录',
  nothing: '此处没有需要完成的登录。',
  home: '前往应用',
  cookiesBlocked: '浏览器阻止了 Cookie，因此无法完成登录。请允许本网站使用 Cookie，然后重新登录。',
};

export const opening: OpeningTexts = {
  connecting: '正在连接 AIHubMix…',
  nothingHappens: '应用没有响应。请返回应用，然后重试。',
  home: '前往应用',
};

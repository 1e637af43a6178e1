import type { FirstTexts } from './en.ts';

/** The Simplified Chinese texts of the first screens and of the sign-in. */
export const zhHans: FirstTexts = {
  app: {
    title: 'AIHubMix 一键登录',
    brand: '一键登录',
    language: '语言',
    theme: '主题',
    themeSystem: '跟随系统',
    themeLight: '浅色',
    themeDark: '深色',
    restoring: '正在恢复登录状态…',
    balance: 'AIHubMix 余额',
    tryAgain: '重试',
    notLoadedTitle: '无法打开应用',
    notLoaded: '应用加载失败。请检查网络连接，然后重试。',
  },
  signedOut: {
    title: '使用 AIHubMix 登录',
    lead: '使用您已有的 AIHubMix 账户即可。无需新密码，也无需注册。',
    signIn: '使用 AIHubMix 登录',
    signInAgain: '重新登录',
    windowLost: '无法再检测到登录窗口。如果窗口仍然打开，请在该窗口中完成登录。如果已经关闭，请重新登录。',
    inAppBrowser: (app) =>
      `您正在使用 ${app} 的内置浏览器。如果无法在此登录 AIHubMix，请点击角落的菜单，用常用浏览器打开本页面。`,
    passwordStays: '密码仅在 AIHubMix 的页面上输入，本应用无法看到。',
    readOnly: '本应用只能查看您的账户信息和余额。',
  },
  signingIn: {
    openingTitle: '正在打开 AIHubMix…',
    openingWindow: '正在打开登录窗口。',
    redirecting: '登录后将返回本页面。',
    waitingTitle: '请在 AIHubMix 窗口中继续',
    waiting:
      '在该窗口中登录后，本页面会自动继续。找不到窗口？它可能被本窗口挡住了。点击“显示窗口”可重新打开。',
    exchangingTitle: '正在登录…',
    exchanging: '已从 AIHubMix 返回，请稍候。',
    showWindow: '显示窗口',
    continueHere: '在本页面继续',
    cancel: '取消',
  },
};

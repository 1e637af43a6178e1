/** Apps whose built-in browser swallows new windows, and what each writes into its user agent. */
const IN_APP_BROWSERS = [
  ['KakaoTalk', /KAKAOTALK/i],
  ['Instagram', /Instagram/],
  ['Facebook', /FBA[NV]\//],
  ['LINE', /\bLine\//],
  ['NAVER', /NAVER\(inapp/],
  ['WeChat', /MicroMessenger/],
] as const;

/**
 * The app whose built-in browser shows this page, or undefined. A guess from the user agent, which an app can change:
 * in an unknown one the window is blocked, and the sign-in goes on in the tab all the same.
 * @example
 * const app = inAppBrowser(navigator.userAgent);
 * if (app) hint(`${app}: open this page in your browser if the sign-in fails.`);
 */
export function inAppBrowser(userAgent: string): string | undefined {
  return IN_APP_BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0];
}

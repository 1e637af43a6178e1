/** Apps whose browser swallows new windows, by what each writes into its user agent. */
const IN_APP_BROWSERS = [
  ['KakaoTalk', /KAKAOTALK/i],
  ['Instagram', /Instagram/],
  ['Facebook', /FBA[NV]\//],
  ['LINE', /\bLine\//],
  ['NAVER', /NAVER\(inapp/],
  ['WeChat', /MicroMessenger/],
] as const;

/**
 * The app whose built-in browser shows this page. A guess from the user agent, which any app may write as it
 * likes: who is not recognised meets the blocked window, and that leads to the same place.
 */
export function inAppBrowser(userAgent: string): string | undefined {
  return IN_APP_BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0];
}

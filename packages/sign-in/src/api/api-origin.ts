/**
 * Where the API is, by `<meta name="api-origin">`. Read when a request is made and not when the app is built, so that
 * one build serves everywhere. Empty: the API is below the page's own origin.
 */
export function apiOriginOfPage(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="api-origin"]')?.content ?? '';
}

/**
 * The origin of the API from `<meta name="api-origin">`, or empty for the page's own origin. Read at each request and not
 * when the app is built, so that one build serves every deployment.
 */
export function apiOriginOfPage(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="api-origin"]')?.content ?? '';
}

/**
 * Where the API is, read when the page runs and not when it is built, so that one build serves everywhere.
 * Empty: the API is reached below the web app's own origin.
 */
export const apiOrigin =
  document.querySelector<HTMLMetaElement>('meta[name="api-origin"]')?.content.replace(/\/$/, '') ?? '';

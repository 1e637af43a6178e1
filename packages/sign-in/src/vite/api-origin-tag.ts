const API_ORIGIN_TAG = /<meta\b[^>]*\bname=["']?api-origin\b[^>]*>/i;
const CHARSET_TAG = /<meta\b[^>]*\bcharset\b[^>]*>/i;

/**
 * Puts the early script into a page of the app, right behind `<meta name="api-origin">`, which the script reads. The
 * script has to precede the stylesheets: a browser runs an inline script only after the stylesheets above it. A page
 * without the tag gets an empty one, which means the page's own origin.
 */
export function insertEarlySession(html: string, script: string): string {
  const inline = `<script>${script}</script>`;
  if (API_ORIGIN_TAG.test(html)) return html.replace(API_ORIGIN_TAG, (tag) => tag + inline);
  const added = apiOriginTag('') + inline;
  // Not in front of the charset, which has to be among the first 1,024 bytes.
  const anchor = CHARSET_TAG.test(html) ? CHARSET_TAG : /<head\b[^>]*>/i;
  return html.replace(anchor, (tag) => tag + added);
}

/** Writes the origin of the API into a page, if it has the tag. The page that a window shows at first has none. */
export function setApiOrigin(html: string, origin: string): string {
  return html.replace(API_ORIGIN_TAG, () => apiOriginTag(origin));
}

const apiOriginTag = (origin: string) => `<meta name="api-origin" content="${origin}">`;

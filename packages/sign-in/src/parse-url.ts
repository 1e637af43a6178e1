/** Undefined if the text is no URL. As `URL.parse`, which Chrome 125, Firefox 125 and Safari 17 lack. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * Does to a page what extensions do (password managers, dark modes, spelling checks): they insert elements of their own
 * everywhere, and set attributes.
 */
export function insertElements(page: Element): void {
  for (const element of [page, ...page.querySelectorAll('body, body :has(> *)')]) {
    element.setAttribute('data-extension', '');
    element.prepend(document.createElement('extension-mark'));
    element.append(document.createElement('extension-mark'));
  }
}

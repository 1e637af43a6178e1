/**
 * Where a browser remembers the colours that the user has chosen, in `localStorage`: `light`, `dark` or `system`. The web
 * app and the pages of the sign-in window show them as `data-theme` of the root element.
 * @example
 * const choice = localStorage.getItem(THEME_KEY) ?? 'system';
 */
export const THEME_KEY = 'oneclick:theme';

import { THEME_KEY } from '@oneclick/shared/theme-key';

/** Shows the colours that the user has chosen in the app, or else those of the system: `<html data-theme="light|dark">`. */
export function showTheme(): void {
  const { dataset } = document.documentElement;
  try {
    dataset['theme'] = localStorage.getItem(THEME_KEY) ?? '';
  } catch {
    // The browser refuses storage.
  }
  if (!/^(?:light|dark)$/.test(dataset['theme'] ?? ''))
    dataset['theme'] = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

import { THEME_KEY } from '@oneclick/shared/theme-key';

/*
 * The colours that the user has chosen: light, dark, or those of the system. Part of the inline script of index.html: the
 * theme is shown before the browser paints, and can be changed before React has loaded.
 */

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** Shows the theme that the browser remembers, and each change of it: by the user, in any tab, or by the system. */
export function followTheme(): void {
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLSelectElement && target.dataset['testid'] === 'theme')) return;
    document.documentElement.dataset['chosenTheme'] = target.value;
    try {
      localStorage.setItem(THEME_KEY, target.value);
    } catch {
      // The choice ends with the page.
    }
    showTheme();
  });
  systemIsDark.addEventListener('change', showTheme);
  // Another tab has changed the theme, also while the browser kept this page (bfcache). Firefox restores the value of the
  // control.
  for (const type of ['storage', 'pageshow']) window.addEventListener(type, showTheme);
  showTheme();
}

/**
 * Shows the theme as `<html data-theme="light|dark">`, in the browser around the page, and in the control. The choice is
 * in `data-chosen-theme`, for browsers that refuse storage.
 */
export function showTheme(): void {
  const { dataset } = document.documentElement;
  const choice = rememberedTheme() ?? dataset['chosenTheme'] ?? 'system';
  const isDark = choice === 'system' ? systemIsDark.matches : choice === 'dark';
  dataset['chosenTheme'] = choice;
  dataset['theme'] = isDark ? 'dark' : 'light';
  const { backgroundColor } = getComputedStyle(document.body);
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', backgroundColor);
  const control = document.querySelector<HTMLSelectElement>('[data-testid="theme"]');
  if (control) control.value = choice;
}

function rememberedTheme(): string | undefined {
  try {
    return /^(?:system|light|dark)$/.exec(localStorage.getItem(THEME_KEY) ?? '')?.[0];
  } catch {
    return undefined;
  }
}

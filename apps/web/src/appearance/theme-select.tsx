import { useFirstTexts } from '../texts/use-texts.ts';

/** Lets the user choose light or dark colours. `followTheme` answers it, also before React has loaded. */
export function ThemeSelect() {
  const { app } = useFirstTexts();
  return (
    <label>
      <span>{app.theme}</span>
      <select data-testid="theme" ref={showChosenTheme}>
        <option value="system">{app.themeSystem}</option>
        <option value="light">{app.themeLight}</option>
        <option value="dark">{app.themeDark}</option>
      </select>
    </label>
  );
}

/** For an element that React has made, and not the build. */
function showChosenTheme(select: HTMLSelectElement | null): void {
  if (select) select.value = document.documentElement.dataset['chosenTheme'] ?? 'system';
}

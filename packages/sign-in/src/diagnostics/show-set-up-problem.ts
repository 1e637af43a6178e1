/**
 * Shows a wrong set-up to the developer, in the console and on the page. Only called in development, where no
 * Content-Security-Policy forbids the style. Tests and production builds contain none of this folder.
 */
export function showSetUpProblem(problem: string): void {
  const text = `[oneclick set-up] ${problem}`;
  console.error(text);
  const box = document.createElement('p');
  box.role = 'alert';
  box.textContent = text;
  box.style.cssText =
    'position:fixed;inset:auto 0 0;z-index:9999;margin:0;padding:1em;background:#b00020;color:#fff;font:1em system-ui';
  // The framework of the app may replace the content of the body, and leaves what is beside it.
  document.documentElement.append(box);
}

/** What the user can do on a page of the sign-in window: one button. */
export interface PageAction {
  text: string;
  run: () => void | Promise<void>;
}

/** Removes the button's action when another one takes its place. */
let buttonAction = new AbortController();

/** Shows a text on a page of the sign-in window, the spinner while the page is busy, and a button if there is an action. */
export function showOnPage(text: string, options: { isBusy?: boolean; action?: PageAction } = {}): void {
  const main = document.querySelector('main')!;
  main.setAttribute('aria-busy', String(options.isBusy ?? false));
  main.querySelector('p')!.textContent = text;
  const button = main.querySelector('button')!;
  const { action } = options;
  button.hidden = !action;
  button.textContent = action?.text ?? '';
  buttonAction.abort();
  buttonAction = new AbortController();
  if (!action) return;
  button.addEventListener('click', () => void action.run(), { once: true, signal: buttonAction.signal });
}

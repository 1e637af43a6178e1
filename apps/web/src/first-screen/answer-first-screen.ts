import type { SignInClient } from '@oneclick/sign-in';

/**
 * Answers the sign-in button of the first screen as `SignedOutScreen` does once React has loaded, and a click that came
 * before this script. Returns the undo.
 */
export function answerFirstScreen(root: HTMLElement, { prepareSignIn, signIn }: SignInClient): () => void {
  const answering = new AbortController();
  const button = root.querySelector('[data-testid="sign-in"]');
  for (const type of ['pointerenter', 'pointerdown', 'focus']) {
    button?.addEventListener(type, prepareSignIn, answering);
  }
  button?.addEventListener('click', () => signIn(), answering);

  if (root.dataset['clicked'] !== undefined) signIn();
  else if (button?.matches(':hover, :focus')) prepareSignIn();
  return () => answering.abort();
}

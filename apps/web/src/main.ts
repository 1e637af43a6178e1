import { createSignInClient } from '@oneclick/sign-in';
import { answerFirstScreen } from './first-screen/answer-first-screen.ts';
import { APP_NOT_LOADED } from './first-screen/first-screen.ts';
import { showSessionStatus } from './show-session-status.ts';
import { type Language, loadLanguage } from './texts/language.ts';

/*
 * The script that the first screen needs to sign a user in. React is loaded after it, and takes over when it is there.
 */

const root = document.querySelector<HTMLElement>('#root')!;
const client = createSignInClient();
showSessionStatus(client);
const stopAnswering = answerFirstScreen(root, client);

/** Shows the balance without React, if the API answers first. Resolves with the undo. */
const earlyBalance =
  root.dataset['screen'] === 'restoring'
    ? import('./account/early-balance.ts')
        .then(({ showEarlyBalance }) => showEarlyBalance(root, client))
        .catch(() => undefined)
    : undefined;
void letReactTakeOver();

async function letReactTakeOver(): Promise<void> {
  const loaded = await loadReact().catch(() => undefined);
  if (!loaded) return void root.dispatchEvent(new Event(APP_NOT_LOADED));
  const [{ hydrateApp }, language, removeBalance] = loaded;
  removeBalance?.();
  hydrateApp({ root, client, language });
  // In the task of the hydration, so that each event is answered once.
  stopAnswering();
}

async function loadReact(): Promise<
  [typeof import('./hydrate-app.tsx'), Language, removeBalance: (() => void) | undefined]
> {
  const { locale } = root.dataset;
  const loaded = await Promise.all([import('./hydrate-app.tsx'), loadLanguage(locale), earlyBalance]);
  const [{ loadAccountEarly }, language] = loaded;
  // React then renders the account at once. After a sign-in on the first screen, React shows that the account is loading.
  if (client.getSession().isSignedIn && root.dataset['screen'] === 'restoring') {
    await loadAccountEarly(language.locale);
  }
  // The user may have changed the language of the first screen meanwhile.
  return locale === root.dataset['locale'] ? loaded : loadReact();
}

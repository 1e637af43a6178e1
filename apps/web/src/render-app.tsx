import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, loadAccount } from './app.tsx';
import type { Session } from '@oneclick/sign-in/src/session/tab-session.ts';
import { SessionProvider } from './use-session.tsx';
import { $locale } from './texts/texts.ts';

/**
 * Shows the app in an element.
 * @param app with more around it, where that is wanted
 * @returns the undo
 */
export function renderApp({
  session,
  element,
  app = <App />,
}: {
  session: Session;
  element: Element;
  app?: ReactNode;
}): () => void {
  const onChange = () => {
    const { name } = session.getSnapshot();
    if (name !== 'signed-out' && name !== 'ended') loadAccount().catch(() => undefined);
  };
  const unsubscribe = session.subscribe(onChange);
  onChange();
  const unsubscribeLocale = $locale.subscribe((locale) => {
    document.documentElement.lang = locale;
  });
  const root = createRoot(element);
  root.render(
    <StrictMode>
      <SessionProvider session={session}>{app}</SessionProvider>
    </StrictMode>,
  );
  return () => {
    root.unmount();
    unsubscribeLocale();
    unsubscribe();
  };
}

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, loadAccountScreen } from './app.tsx';
import type { Session } from './auth/session.ts';
import { SessionProvider } from './auth/use-session.tsx';
import { $locale } from './texts/texts.ts';

/** Shows the app in an element. Returns the undo. */
export function renderApp({
  session,
  element,
  queryClient = new QueryClient(),
}: {
  session: Session;
  element: Element;
  queryClient?: QueryClient;
}): () => void {
  const onChange = () => {
    const { name } = session.getSnapshot();
    // What was read for one user is gone before the next screen shows.
    if (name !== 'signed-in') queryClient.clear();
    if (name !== 'signed-out' && name !== 'ended') loadAccountScreen().catch(() => undefined);
  };
  const unsubscribe = session.subscribe(onChange);
  onChange();
  const unsubscribeLocale = $locale.subscribe((locale) => {
    document.documentElement.lang = locale;
  });
  const root = createRoot(element);
  root.render(
    <StrictMode>
      <SessionProvider session={session}>
        <QueryClientProvider client={queryClient}>
          <App />
        </QueryClientProvider>
      </SessionProvider>
    </StrictMode>,
  );
  return () => {
    root.unmount();
    unsubscribeLocale();
    unsubscribe();
  };
}

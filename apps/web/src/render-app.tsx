import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import type { Session } from './auth/session.ts';
import { SessionProvider } from './auth/use-session.tsx';
import { $locale } from './texts/texts.ts';

export function renderApp(session: Session, root: Element): void {
  const queryClient = new QueryClient();
  // What was read for one user is gone before the next screen shows.
  session.subscribe(() => {
    if (session.getSnapshot().name !== 'signed-in') queryClient.clear();
  });
  $locale.subscribe((locale) => {
    document.documentElement.lang = locale;
  });
  createRoot(root).render(
    <StrictMode>
      <SessionProvider session={session}>
        <QueryClientProvider client={queryClient}>
          <App />
        </QueryClientProvider>
      </SessionProvider>
    </StrictMode>,
  );
}

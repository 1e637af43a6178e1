import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, loadAccountScreen } from './app.tsx';
import { printTimeline } from './auth/debug-timeline.ts';
import { createSession } from './auth/session.ts';
import { SessionProvider } from './auth/use-session.tsx';
import { api, core } from './main.ts';
import { $locale } from './texts/texts.ts';

/* The second script of the page: the screens over the session that the first one has begun to look for. */

const session = createSession({ api, core });
if (new URLSearchParams(location.search).has('debug')) printTimeline(session);
const queryClient = new QueryClient();
const onChange = () => {
  const { name } = session.getSnapshot();
  // What was read for one user is gone before the next screen shows.
  if (name !== 'signed-in') queryClient.clear();
  if (name !== 'signed-out' && name !== 'ended') loadAccountScreen().catch(() => undefined);
};
session.subscribe(onChange);
onChange();
$locale.subscribe((locale) => {
  document.documentElement.lang = locale;
});
createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <SessionProvider session={session}>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </SessionProvider>
  </StrictMode>,
);

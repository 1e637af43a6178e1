import { focusManager, QueryClient, QueryClientContext, QueryClientProvider } from '@tanstack/react-query';
import { use, useState } from 'react';
import type { SignedInSession } from '@oneclick/sign-in';
import { AccountScreen } from './account-screen.tsx';
// Brings the style of the account.
import './early-balance.ts';

// The first format of each kind takes a browser up to 100 ms. So one of each is created when this script is loaded, while
// the user is on the way to the click or waits for the network. The first render of the account then need not wait.
Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
Intl.NumberFormat(undefined, { style: 'percent' });

// When the user comes back, React Query refetches a balance that is older than 30 s. By default it notices only a tab that
// becomes visible. This tab may have been visible all the time, beside another window.
focusManager.setEventListener((onFocus) => {
  const comeBack = () => onFocus();
  const types = ['visibilitychange', 'focus'];
  for (const type of types) window.addEventListener(type, comeBack);
  return () => {
    for (const type of types) window.removeEventListener(type, comeBack);
  };
});

/**
 * The account, on the query client of the surrounding app. Without one, it makes a query client of its own, which React
 * drops with the screen, together with all data of this user.
 */
export function Account({ session }: { session: SignedInSession }) {
  const outer = use(QueryClientContext);
  const [own] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={outer ?? own}>
      <AccountScreen session={session} />
    </QueryClientProvider>
  );
}

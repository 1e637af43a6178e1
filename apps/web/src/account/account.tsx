import { QueryClient, QueryClientContext, QueryClientProvider } from '@tanstack/react-query';
import { use, useState } from 'react';
import { AccountScreen, type AccountScreenProps } from './account-screen.tsx';

/**
 * The account, over the query client of the app around it, or else over one of its own: that one goes with the
 * screen, and with it all that was read for this user.
 */
export function Account(props: AccountScreenProps) {
  const outer = use(QueryClientContext);
  const [own] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={outer ?? own}>
      <AccountScreen {...props} />
    </QueryClientProvider>
  );
}

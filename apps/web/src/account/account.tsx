import { QueryClient, QueryClientContext, QueryClientProvider } from '@tanstack/react-query';
import { use, useState } from 'react';
import type { SignedInSession } from '@oneclick/sign-in';
import accountCss from './account.css?inline';
import { AccountScreen } from './account-screen.tsx';

// The first date format of a page takes the browser 50 to 100 ms. So it is created when this script is loaded, while
// the user is on the way to the click or waits for the network. The account then formats its dates at once.
Intl.DateTimeFormat();

// With this script, so that a visitor does not load it. Adopted: the Content-Security-Policy allows no new <style>.
const style = new CSSStyleSheet();
style.replaceSync(accountCss);
document.adoptedStyleSheets.push(style);

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

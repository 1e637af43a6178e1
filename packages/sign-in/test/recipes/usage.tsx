import { useSession, useSignInClient } from '@oneclick/sign-in/react';
import { useQuery } from '@tanstack/react-query';

/** The error codes of your server that the user should understand. */
const SENTENCES: Record<string, string> = { over_limit: 'You have used all requests of this month.' };

/** Data of your own server, for users who share their balance. */
export function Usage() {
  const client = useSignInClient();
  const session = useSession();
  const mayRead = session.isSignedIn && session.hasScope('balance');
  const { data, isError } = useQuery({
    // With the session in the key, the next user never sees this user's data.
    queryKey: ['usage', session.isSignedIn && session.sessionId],
    async queryFn({ signal }) {
      const response = await client.fetch('https://shop.example.com/usage', { signal });
      const body: { requests?: number; error?: string } = await response.json();
      return body;
    },
    enabled: mayRead,
  });
  if (!mayRead) return <p>Allow this app to see your balance. Then you see your usage here.</p>;
  if (data?.error !== undefined) return <p role="alert">{SENTENCES[data.error] ?? `Error: ${data.error}`}</p>;
  if (isError) return <p role="alert">We couldn’t load your usage.</p>;
  return <p>Requests this month: {data?.requests ?? '…'}</p>;
}

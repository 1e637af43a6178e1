import { queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Session, SignInClient, SignInError, Userinfo } from './index.ts';
import { useSession, useSignInClient } from './react.tsx';

const STALE_AFTER_MS = 30_000;
const RETRY_AFTER_MS = 15_000;
/** Random, so that a thousand tabs don't send their requests in the same second. */
const SPREAD = 0.25 * Math.random();
const TRIES = 3;

/**
 * The account of the user as query options for `useQuery`, `prefetchQuery` or `invalidateQueries`. The key contains the
 * session id, so that no user is shown the data of another. While nobody is signed in, the query is disabled.
 *
 * It starts with the account that came with the token, which counts as fetched when the token arrived. So a sign-in or a
 * reload needs no request for it.
 *
 * A 401 needs no retry here: `fetchUserinfo` has refreshed the token and tried once more. A failure that passes is
 * tried again by itself over the last known data, and never earlier than the API's `Retry-After` asks.
 *
 * @example
 * const { queryKey } = userinfoQuery(client, session);
 * await queryClient.invalidateQueries({ queryKey });
 */
export function userinfoQuery(
  client: Pick<SignInClient, 'fetchUserinfo' | 'getInitialUserinfo'>,
  session: Session,
) {
  const readInitial = () => (session.isSignedIn ? client.getInitialUserinfo(session.sessionId) : undefined);
  return queryOptions<Userinfo, SignInError>({
    queryKey: ['sign-in', 'userinfo', session.isSignedIn ? session.sessionId : undefined],
    queryFn: ({ signal }) => client.fetchUserinfo({ signal }),
    initialData: () => readInitial()?.userinfo,
    initialDataUpdatedAt: () => readInitial()?.readAtMs,
    enabled: session.isSignedIn,
    staleTime: STALE_AFTER_MS,
    // The browser may be wrong about being offline, so a refetch by the user is tried. By default React Query would wait.
    networkMode: 'always',
    // With `always`, React Query turns this off.
    refetchOnReconnect: true,
    retry: (failures, { retryable, retryAfterMs }) =>
      retryable && retryAfterMs === undefined && failures < TRIES - 1,
    refetchInterval({ state: { error } }) {
      if (!error?.retryable) return false;
      return (error.retryAfterMs ?? RETRY_AFTER_MS) * (1 + SPREAD);
    },
  });
}

/**
 * The result of {@link useUser}.
 * @example
 * const { user, isError, refetch }: UserResult = useUser();
 */
export type UserResult = UseQueryResult<Userinfo, SignInError> & {
  /** The last known account. Undefined until it has been read, and while nobody is signed in. */
  user: Userinfo | undefined;
};

/**
 * The account of the signed-in user, with the state of the query. React Query is the one owner of this data: the
 * session does not contain it.
 *
 * @example
 * const { user, isError, refetch } = useUser();
 * return <button onClick={() => void refetch()}>{user?.balance_formatted ?? '…'}</button>;
 */
export function useUser(): UserResult {
  const query = useQuery(userinfoQuery(useSignInClient(), useSession()));
  return { ...query, user: query.data };
}

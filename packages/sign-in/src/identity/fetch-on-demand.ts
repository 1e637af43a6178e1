import { unreachable } from '../api/api-client.ts';
import type { SignInClient } from '../sign-in-client.ts';
import type { IdentityParts } from './fetch-with-identity-token.ts';

/** Loads its code with the first request: many apps have no server of their own. */
export function createFetchOnDemand(parts: IdentityParts): SignInClient['fetch'] {
  let loading: Promise<SignInClient['fetch']> | undefined;
  return async (target, init) => {
    loading ??= import('./fetch-with-identity-token.ts').then(
      ({ createFetchWithIdentityToken }) => createFetchWithIdentityToken(parts),
      (cause: unknown) => {
        loading = undefined;
        throw unreachable({ cause });
      },
    );
    return (await loading)(target, init);
  };
}

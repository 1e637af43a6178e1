import type { TokenResponse } from '@oneclick/shared/messages';

/**
 * One refresh for all who ask while it is on its way: they await the same promise. The refresh token is in the
 * API's cookie; all that comes back is a new access token.
 */
export function createRefresh({
  request,
  epoch,
  onRefreshed,
}: {
  request: () => Promise<TokenResponse>;
  /** Which sign-in it is. A refresh that was asked for in an earlier one is not joined. */
  epoch: () => number;
  /** Throws if the sign-in that the refresh belongs to is over: nobody is brought back. */
  onRefreshed: (response: TokenResponse, refreshedIn: number) => void;
}): () => Promise<TokenResponse> {
  let underWay: { epoch: number; response: Promise<TokenResponse> } | undefined;

  async function refresh(refreshedIn: number): Promise<TokenResponse> {
    const response = await request();
    onRefreshed(response, refreshedIn);
    return response;
  }

  return () => {
    if (underWay?.epoch === epoch()) return underWay.response;
    const mine = { epoch: epoch(), response: refresh(epoch()) };
    underWay = mine;
    const done = () => {
      if (underWay === mine) underWay = undefined;
    };
    mine.response.then(done, done);
    return mine.response;
  };
}

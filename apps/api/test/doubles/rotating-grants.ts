import { createHash, randomBytes } from 'node:crypto';

interface RotatingGrantsOptions {
  /**
   * For how long a replaced refresh token is accepted again, while its successor is unused. RFC 9700 §4.14.2 leaves
   * this to the provider: it helps a client whose response was lost. 0 is the strictest provider.
   */
  overlapMs?: number;
}

interface Grant {
  isAlive: boolean;
}
interface RefreshToken {
  grant: Grant;
  successor?: { value: string; issuedAt: number };
}

export interface RotatingGrants {
  /** The lifetime of the next access tokens. */
  accessTokenSeconds: number;
  /** Every code, verifier and token so far, for tests that search for leaks. */
  secrets: Set<string>;
  /** Second uses of a refresh token that ended its grant. */
  grantsEnded: number;
  /** Second uses of a refresh token that were accepted because of `overlapMs`. */
  acceptedSecondUses: number;
  /** The user's visit to the authorization endpoint. @returns the code that the provider redirects with */
  authorize: (authorizationUrl: string) => string;
  /** The response of the token endpoint. */
  respond: (form: URLSearchParams) => { status: number; body: Record<string, string | number> };
  isRefreshTokenUsed: (value: string) => boolean;
  isAlive: (accessToken: string) => boolean;
}

/**
 * The token endpoint of every provider double: it checks PKCE, rotates refresh tokens, and ends the grant when a
 * refresh token is used twice (RFC 9700 §4.14.2). A race between two refreshes can't go unnoticed.
 */
export function createRotatingGrants({ overlapMs = 0 }: RotatingGrantsOptions = {}): RotatingGrants {
  const challenges = new Map<string, string>();
  const refreshTokens = new Map<string, RefreshToken>();
  const accessTokens = new Map<string, Grant>();

  const remember = (secret: string | null) => void (secret && grants.secrets.add(secret));
  function createSecret(prefix: string): string {
    const secret = `${prefix}-${randomBytes(16).toString('hex')}`;
    remember(secret);
    return secret;
  }

  function redeem(form: URLSearchParams) {
    const code = form.get('code') ?? '';
    const verifier = form.get('code_verifier') ?? '';
    remember(verifier);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const isGood = challenges.get(code) === challenge && challenges.delete(code);
    return isGood ? issue({ isAlive: true }) : undefined;
  }

  function refresh(value: string) {
    const token = refreshTokens.get(value);
    if (!token?.grant.isAlive) return undefined;
    if (!token.successor) {
      const tokens = issue(token.grant);
      token.successor = { value: tokens.refresh_token, issuedAt: Date.now() };
      return tokens;
    }
    const { value: successor, issuedAt } = token.successor;
    if (!grants.isRefreshTokenUsed(successor) && Date.now() - issuedAt < overlapMs) {
      grants.acceptedSecondUses += 1;
      return issue(token.grant, successor);
    }
    token.grant.isAlive = false;
    grants.grantsEnded += 1;
    return undefined;
  }

  function issue(grant: Grant, refreshToken = createSecret('refresh')) {
    const accessToken = createSecret('access');
    accessTokens.set(accessToken, grant);
    if (!refreshTokens.has(refreshToken)) refreshTokens.set(refreshToken, { grant });
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: grants.accessTokenSeconds,
      refresh_token: refreshToken,
      scope: 'profile balance',
    };
  }

  const grants: RotatingGrants = {
    accessTokenSeconds: 7200,
    secrets: new Set<string>(),
    grantsEnded: 0,
    acceptedSecondUses: 0,
    authorize(authorizationUrl) {
      const { searchParams } = new URL(authorizationUrl);
      const code = createSecret('code');
      challenges.set(code, searchParams.get('code_challenge') ?? '');
      remember(searchParams.get('state'));
      return code;
    },
    respond(form) {
      const isRefresh = form.get('grant_type') === 'refresh_token';
      const tokens = isRefresh ? refresh(form.get('refresh_token') ?? '') : redeem(form);
      return tokens ? { status: 200, body: tokens } : { status: 400, body: { error: 'invalid_grant' } };
    },
    isRefreshTokenUsed: (value) => refreshTokens.get(value)?.successor !== undefined,
    isAlive: (accessToken) => accessTokens.get(accessToken)?.isAlive ?? false,
  };
  return grants;
}

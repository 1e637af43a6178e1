import { createRemoteJWKSet, jwtVerify } from 'jose';

/** @param audience IDENTITY_AUDIENCE of the API, or else its OAUTH_CLIENT_ID */
export function createIdentify({ apiOrigin, audience }: { apiOrigin: string; audience: string }) {
  const keys = createRemoteJWKSet(new URL('/api/oauth/jwks.json', apiOrigin));
  /** Returns the id of the user. Throws if the header contains no valid identity token. */
  return async (authorization = ''): Promise<string> => {
    const { payload } = await jwtVerify<{ sub: string }>(authorization.replace(/^Bearer /i, ''), keys, {
      issuer: apiOrigin,
      audience,
      algorithms: ['EdDSA'],
      typ: 'identity+jwt',
      requiredClaims: ['sub', 'exp'],
    });
    return payload.sub;
  };
}

/** The paths that AIHubMix documents, and the one for revocation (RFC 7009). */
export const PATHS = {
  authorization: '/api/oauth2/authorize',
  token: '/api/oauth2/token',
  revocation: '/api/oauth2/revoke',
  userinfo: '/api/oauth2/userinfo',
  topUpLink: '/api/oauth2/topup',
  registration: '/api/oauth_apps',
} as const;

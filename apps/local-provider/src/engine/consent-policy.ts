import { interactionPolicy, type Grant, type KoaContextWithOIDC } from 'oidc-provider';

/**
 * The consent page is shown after the user has typed the password, and for every request without `auto_authorize=true`,
 * even if the user has granted the same before. A signed-in user whose request has `auto_authorize=true` is redirected to
 * the app without a page: AIHubMix's "one-click login".
 */
function isConsentNeeded({ oidc }: KoaContextWithOIDC): boolean {
  if (oidc.result?.consent) return false;
  // The engine keeps the result of the password page during the consent that follows it.
  if (oidc.result?.login) return true;
  return oidc.params?.auto_authorize !== 'true';
}

export function createInteractionPolicy(): interactionPolicy.DefaultPolicy {
  const { base, Check, Prompt } = interactionPolicy;
  const policy = base();
  policy.remove('consent');
  policy.add(
    new Prompt(
      { name: 'consent', requestable: true },
      new Check('consent_needed', 'the user has not consented', isConsentNeeded),
    ),
  );
  return policy;
}

/**
 * Returns the grant of this sign-in. Each sign-in has its own grant, with the scopes of its own request. Ending one grant,
 * by a revoked or replayed refresh token, therefore does not sign the user out of other browsers.
 */
export async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { account, client, provider, requestParamOIDCScopes, result } = ctx.oidc;
  if (result?.consent?.grantId) return provider.Grant.find(result.consent.grantId);
  if (isConsentNeeded(ctx) || !account || !client) return undefined;

  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  grant.addOIDCScope(requestParamOIDCScopes);
  await grant.save();
  return grant;
}

import { interactionPolicy, type Grant, type KoaContextWithOIDC } from 'oidc-provider';

/**
 * Who sees the consent page: everybody who has just typed the password, and everybody who comes without
 * `auto_authorize=true`, even if the same was granted before. Someone who is signed in here already and comes
 * with it goes straight back: AIHubMix's "one-click login".
 */
function isConsentNeeded({ oidc }: KoaContextWithOIDC): boolean {
  if (oidc.result?.consent) return false;
  // The engine carries the result of the password page along into the consent that follows it.
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
 * Every sign-in has a grant of its own: ending one (a revoked or reused refresh token) leaves the user's other
 * browsers signed in, and its scopes are those of this request alone.
 */
export async function loadGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { account, client, provider, requestParamOIDCScopes, result } = ctx.oidc;
  if (result?.consent?.grantId) return provider.Grant.find(result.consent.grantId);
  if (isConsentNeeded(ctx) || !account || !client) return undefined;

  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  grant.addOIDCScope(requestParamOIDCScopes);
  await grant.save();
  return grant;
}

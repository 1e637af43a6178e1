import { errors, type Provider } from 'oidc-provider';
import type { Account, Accounts } from './accounts.ts';
import { seeOther, type Middleware, type RequestContext } from './middleware.ts';
import { formSource } from './page-guard.ts';
import { consentPage, errorPage, sendPage, signInPage } from './pages.ts';
import { readForm } from './request-body.ts';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

export function interactionPath(uid: string): string {
  return `/interaction/${uid}`;
}

const INTERACTION_PATH = /^\/interaction\/([\w-]+)(?:\/(sign-in|allow|deny))?$/;

function scopesOf({ params }: Interaction): Set<string> {
  return new Set(typeof params.scope === 'string' ? params.scope.split(' ') : []);
}

/** The password page and the consent page of a sign-in under way. */
export function createInteractionRoutes(options: {
  provider: Provider;
  accounts: Accounts;
  origin: string;
}): Middleware {
  const { provider, accounts, origin } = options;

  /** @throws SessionNotFound when it has ended, or belongs to another browser: its cookie is signed and bound to this path */
  async function findInteraction(ctx: RequestContext, uid: string): Promise<Interaction> {
    const interaction = await provider.interactionDetails(ctx.req, ctx.res);
    if (interaction.uid !== uid) throw new errors.SessionNotFound('interaction of another address');
    return interaction;
  }

  function consentingAccount(interaction: Interaction): Account {
    const account = accounts.find(Number(interaction.session?.accountId));
    if (interaction.prompt.name !== 'consent' || !account) {
      throw new errors.SessionNotFound('not at the point of consent');
    }
    return account;
  }

  async function appNameOf({ params }: Interaction): Promise<string> {
    const client = await provider.Client.find(String(params.client_id));
    return client?.clientName ?? String(params.client_id);
  }

  async function finish(
    ctx: RequestContext,
    result: Parameters<Provider['interactionResult']>[2],
  ): Promise<void> {
    seeOther(ctx, await provider.interactionResult(ctx.req, ctx.res, result));
  }

  async function showSignIn(ctx: RequestContext, interaction: Interaction, refusedUsername?: string) {
    const page = signInPage({
      appName: await appNameOf(interaction),
      path: interactionPath(interaction.uid),
      usernames: accounts.usernames,
      ...(refusedUsername === undefined ? {} : { refusedUsername }),
    });
    // 200 after a wrong password too: with a 4xx, browsers write an error of their own to the console.
    sendPage(ctx, 200, page);
  }

  async function showConsent(ctx: RequestContext, interaction: Interaction) {
    const { username, email } = consentingAccount(interaction);
    const page = consentPage({
      appName: await appNameOf(interaction),
      path: interactionPath(interaction.uid),
      username,
      email,
      scopes: scopesOf(interaction),
      redirectHost: new URL(String(interaction.params.redirect_uri)).host,
    });
    sendPage(ctx, 200, page);
  }

  /**
   * Ends the browser's session here if it belongs to another account. Left alone, the engine would do it with a
   * page that needs a script, and end that account's grants: its other sign-ins are none of our business.
   */
  async function endSessionOfAnotherAccount(
    ctx: RequestContext,
    interaction: Interaction,
    accountId: string,
  ) {
    const session = await provider.Session.get(ctx);
    if (session.accountId === undefined || session.accountId === accountId) return;
    await session.destroy();
    interaction.session = undefined;
    await interaction.persist();
  }

  async function signIn(ctx: RequestContext, interaction: Interaction) {
    const form = await readForm(ctx);
    const username = form.get('username') ?? '';
    const account = accounts.authenticate({ username, password: form.get('password') ?? '' });
    if (!account) return showSignIn(ctx, interaction, username);

    const accountId = String(account.id);
    await endSessionOfAnotherAccount(ctx, interaction, accountId);
    return finish(ctx, { login: { accountId } });
  }

  async function allow(ctx: RequestContext, interaction: Interaction) {
    const account = consentingAccount(interaction);
    const grant = new provider.Grant({
      accountId: String(account.id),
      clientId: String(interaction.params.client_id),
    });
    grant.addOIDCScope(scopesOf(interaction));
    return finish(ctx, { consent: { grantId: await grant.save() } });
  }

  return async (ctx, next) => {
    const [, uid, step] = INTERACTION_PATH.exec(ctx.path) ?? [];
    if (uid === undefined) return next();

    if (ctx.method === 'GET') {
      const interaction = await findInteraction(ctx, uid);
      if (step === undefined && interaction.prompt.name === 'consent') return showConsent(ctx, interaction);
      if (step === undefined || step === 'sign-in') return showSignIn(ctx, interaction);
    }

    if (ctx.method === 'POST' && step !== undefined) {
      if (formSource(ctx, origin) !== 'own') return sendPage(ctx, 403, errorPage('foreignForm'));
      const interaction = await findInteraction(ctx, uid);
      if (step === 'sign-in') return signIn(ctx, interaction);
      if (step === 'allow') return allow(ctx, interaction);
      return finish(ctx, { error: 'access_denied', error_description: 'the user did not consent' });
    }

    return next();
  };
}

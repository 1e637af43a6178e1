import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import type { Account, Accounts } from '../accounts.ts';
import { formSource } from '../http/form-source.ts';
import { seeOther, type Middleware, type RequestContext } from '../http/middleware.ts';
import { readForm } from '../http/request-body.ts';
import { consentPage, errorPage, sendPage, signInPage } from '../pages/pages.ts';

/** A transaction, in the engine's terms. */
type Interaction = InstanceType<Provider['Interaction']>;

/** The address of the password page and of the consent page of one transaction. */
export function interactionPath(uid: string): string {
  return `/interaction/${uid}`;
}

const INTERACTION_PATH = /^\/interaction\/([\w-]+)(?:\/(sign-in|allow|deny))?$/;

function scopesOf({ params }: Interaction): Set<string> {
  return new Set(typeof params.scope === 'string' ? params.scope.split(' ') : []);
}

/** The password page and the consent page, and what their buttons do. */
export function createInteractionRoutes(options: {
  provider: Provider;
  accounts: Accounts;
  origin: string;
}): Middleware {
  const { provider, accounts, origin } = options;

  /**
   * Finds the transaction by the cookie of this browser. The cookie is signed and bound to the path.
   * @throws {errors.SessionNotFound} if the transaction has ended or belongs to another browser
   */
  async function findInteraction(ctx: RequestContext, uid: string): Promise<Interaction> {
    const interaction = await provider.interactionDetails(ctx.req, ctx.res);
    if (interaction.uid !== uid)
      throw new errors.SessionNotFound('the interaction cookie belongs to another address');
    return interaction;
  }

  /** @throws {errors.SessionNotFound} if the user has not signed in yet */
  function consentingAccount(interaction: Interaction): Account {
    const account = accounts.find(Number(interaction.session?.accountId));
    if (interaction.prompt.name !== 'consent' || !account) {
      throw new errors.SessionNotFound('this interaction does not wait for consent');
    }
    return account;
  }

  async function appNameOf({ params }: Interaction): Promise<string> {
    const client = await provider.Client.find(String(params.client_id));
    return client?.clientName ?? String(params.client_id);
  }

  async function finish(ctx: RequestContext, result: InteractionResults): Promise<void> {
    seeOther(ctx, await provider.interactionResult(ctx.req, ctx.res, result));
  }

  async function showSignIn(ctx: RequestContext, interaction: Interaction, refusedUsername?: string) {
    const page = signInPage({
      appName: await appNameOf(interaction),
      path: interactionPath(interaction.uid),
      usernames: accounts.usernames,
      ...(refusedUsername === undefined ? {} : { refusedUsername }),
    });
    // A wrong password is answered with 200 as well, because browsers log an error for every 4xx.
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
   * Destroys the browser's session at the provider if it belongs to another account. Otherwise the engine would sign the
   * account out with a page that needs a script, and would end that account's grants in other apps and browsers.
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

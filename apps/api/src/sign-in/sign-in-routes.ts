import type { ExchangeTokenRequest, StartResponse, TokenResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync } from 'fastify';
import type { Config } from '../config.ts';
import { createOriginCheck, ORIGIN_ERRORS } from '../http/origin-check.ts';
import { describeRoute, json } from '../http/route-schemas.ts';
import { EXCHANGE_ERRORS } from './exchange-code.ts';
import type { SignIns } from './sign-ins.ts';
import { TRANSACTION_SECONDS } from './transaction-cookie.ts';

interface SignInRoutesOptions {
  config: Config;
  signIns: SignIns;
}

/** The routes with which a script of the web app signs in. */
export const signInRoutes: FastifyPluginAsync<SignInRoutesOptions> = async (app, { config, signIns }) => {
  const transaction = { flow: 'browser', redirectUri: config.provider.redirectUri } as const;
  app.addHook('onRequest', createOriginCheck(config.topology));

  app.post(PATHS.start, START, async (request, reply): Promise<StartResponse> => {
    return { ...(await signIns.prepare(request, reply, transaction)), expiresIn: TRANSACTION_SECONDS };
  });

  app.post<{ Body: ExchangeTokenRequest }>(
    PATHS.exchangeToken,
    EXCHANGE_TOKEN,
    async (request, reply): Promise<TokenResponse> => {
      const options = { flow: 'browser', response: request.body } as const;
      return (await signIns.exchangeCode(request, reply, options)).tokenResponse;
    },
  );
};

const START = describeRoute({
  operationId: 'start',
  summary: 'Creates a transaction, and returns the authorization request to send the window to.',
  security: [{ csrf: [] }],
  config: { rateLimitGroup: 'sign-in' },
  body: 'EmptyRequest',
  success: json('StartResponse'),
  errors: ORIGIN_ERRORS,
});
const EXCHANGE_TOKEN = describeRoute({
  operationId: 'exchangeToken',
  summary: 'Finishes a sign-in with the authorization response.',
  security: [{ csrf: [], transaction: [] }],
  config: { rateLimitGroup: 'sign-in', endsSignIn: 'browser' },
  body: 'ExchangeTokenRequest',
  success: json('TokenResponse'),
  errors: [...ORIGIN_ERRORS, ...EXCHANGE_ERRORS],
});

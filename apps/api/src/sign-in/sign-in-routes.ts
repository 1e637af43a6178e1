import {
  EmptyRequest,
  ExchangeTokenRequest,
  StartResponse,
  TokenQuery,
  TokenResponse,
} from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync } from 'fastify';
import { createOriginCheck } from '../http/origin-check.ts';
import type { IncludeUserinfo } from '../provider/include-userinfo.ts';
import type { Topology } from '../topology.ts';
import type { SignIns } from './sign-ins.ts';
import { TRANSACTION_SECONDS } from './transaction-cookie.ts';

interface SignInRoutesOptions {
  topology: Topology;
  redirectUri: string;
  signIns: SignIns;
  includeUserinfo: IncludeUserinfo;
}

/** The routes with which a script of the web app signs in. */
export const signInRoutes: FastifyPluginAsync<SignInRoutesOptions> = async (app, options) => {
  const { topology, redirectUri, signIns, includeUserinfo } = options;
  const config = { rateLimitGroup: 'sign-in' } as const;
  const transaction = { flow: 'browser', redirectUri } as const;
  app.addHook('onRequest', createOriginCheck(topology));

  app.post(
    PATHS.start,
    { schema: { body: EmptyRequest, response: { 200: StartResponse } }, config },
    async (request, reply): Promise<StartResponse> => {
      return { ...signIns.prepare(request, reply, { transaction }), expiresIn: TRANSACTION_SECONDS };
    },
  );

  app.post<{ Body: ExchangeTokenRequest; Querystring: TokenQuery }>(
    PATHS.exchangeToken,
    {
      schema: { body: ExchangeTokenRequest, querystring: TokenQuery, response: { 200: TokenResponse } },
      config: { ...config, endsSignIn: 'browser', findAdmission: signIns.findPending },
    },
    async (request, reply): Promise<TokenResponse> => {
      const response = request.body;
      const tokenResponse = await signIns.exchangeCode(request, reply, { flow: 'browser', response });
      return includeUserinfo(request, tokenResponse);
    },
  );
};

import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { CSRF_HEADER, PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync } from 'fastify';
import fp from 'fastify-plugin';
import { describeRoute } from '../http/route-schemas.ts';

/** The OpenAPI document of all routes that are registered after this plugin, and a page that shows it. */
export const openapi = fp(async (app) => {
  await app.register(swagger, { openapi: DOCUMENT, refResolver: { buildLocalReference } });
  await app.register(documentationPage);
  app.get(PATHS.openapi, OPENAPI, async () => app.swagger());
});

/** Shows the requests and does not send them: the page runs on the origin of the real API. */
const documentationPage: FastifyPluginAsync = async (app) => {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, rateLimitGroup: 'operator' };
  });
  await app.register(swaggerUi, {
    routePrefix: PATHS.docs,
    staticCSP: PAGE_CSP,
    theme: { title: 'One-click sign-in: API' },
    uiConfig: { layout: 'BaseLayout', supportedSubmitMethods: [], defaultModelsExpandDepth: 0 },
  });
};

/** The API itself serves every file of the page. Its icons are data URLs. */
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Keeps the names of the schemas. The plugin would number them. */
function buildLocalReference({ $id }: { $id?: unknown }): string {
  return typeof $id === 'string' ? $id : 'Unnamed';
}

const OPENAPI = describeRoute({
  operationId: 'openapi',
  summary: 'This document, generated from the schemas that validate the requests.',
  config: { rateLimitGroup: 'operator' },
  success: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
  errors: [],
});

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'One-click sign-in',
    description:
      'Signs users of a web app in with AIHubMix (OAuth 2.0), as a token-mediating backend (RFC 10017 §6.2).',
    version: '1.0.0',
  },
  components: {
    securitySchemes: {
      csrf: {
        type: 'apiKey',
        in: 'header',
        name: CSRF_HEADER.name,
        description: 'Always 1, from an allowed origin.',
      },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: '__Host-Http-session',
        description: 'On http loopback: session_<port>.',
      },
      transaction: {
        type: 'apiKey',
        in: 'cookie',
        name: '__Host-Http-tx_*',
        description: 'One for each transaction.',
      },
      accessToken: { type: 'http', scheme: 'bearer' },
    },
  },
} as const;

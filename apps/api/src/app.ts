import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import swagger from '@fastify/swagger';
import { ERRORS } from '@oneclick/shared/errors';
import { CSRF_HEADER } from '@oneclick/shared/paths';
import fastify, {
  LogController,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { answerBrokenRequest } from './http/broken-request.ts';
import type { Config } from './config.ts';
import { createErrorReport } from './http/error-report.ts';
import { ApiError, errorResponse } from './http/api-error.ts';
import { loggerOptions, type LogStream } from './http/logging.ts';
import { createLimitedFetch } from './provider/limited-fetch.ts';
import { createMeasuredFetch } from './operations/measured-fetch.ts';
import { createMetrics } from './operations/metrics.ts';
import { createOAuthClient } from './provider/oauth-client.ts';
import { createOpenTransactions } from './sign-in/open-transactions.ts';
import { createProviderFetch } from './provider/provider-fetch.ts';
import { addRateLimits } from './http/rate-limits.ts';
import { createResourceClient } from './provider/resource-client.ts';
import { responseHeaders } from './http/response-headers.ts';
import { namedJsonSchemas } from './http/route-schemas.ts';
import { bearerRoutes } from './provider/resource-routes.ts';
import { cookieRoutes } from './session/session-routes.ts';
import { operatorRoutes } from './operations/operator-routes.ts';
import { serverSideRoutes } from './server-side-flow/server-side-routes.ts';
import { createMemoryState } from './session/memory-state.ts';
import { createRedisState } from './redis/redis-state.ts';
import { connectToRedis } from './redis/redis-connection.ts';
import { createSessions } from './session/sessions.ts';
import { createSignIns } from './sign-in/sign-ins.ts';
import { createUnderWay } from './http/in-flight.ts';

/** Builds the API from its configuration. It doesn't listen. */
export async function buildApp(config: Config, logStream?: LogStream): Promise<FastifyInstance> {
  const { topology, provider } = config;
  const headers = responseHeaders(topology);
  const openTransactions = createOpenTransactions();
  const metrics = createMetrics({ countOpenTransactions: openTransactions.count });
  const reportError = createErrorReport(metrics);

  /** The one place where a failure becomes an answer. */
  function sendError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    const apiError = reportError(error, request);
    const { code } = apiError;
    void reply.code(ERRORS[code].status).headers(apiError.headers).send(errorResponse(code, request.id));
  }

  const app = fastify({
    logger: loggerOptions(config.logLevel, logStream),
    requestIdHeader: false, // Ids come from here, so that nobody else can write into the log with one.
    genReqId: () => randomUUID(),
    // One line per request instead of two, written below.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
    bodyLimit: 8192,
    // A client that sends slowly, or doesn't take its answer, is cut off.
    requestTimeout: config.requestTimeoutMs,
    connectionTimeout: config.idleTimeoutMs,
    http: {
      maxHeaderSize: 16_384,
      headersTimeout: config.requestTimeoutMs,
      // Node looks at its connections every 30 s by default, and a time-out is no sooner than it looks.
      connectionsCheckingInterval: config.requestTimeoutMs / 10,
    },
    // By then nothing is under way. Else a connection on which nothing was ever said would hold the process up.
    forceCloseConnections: true,
    return503OnClosing: false, // Ours says so in the one form in which this API reports errors.
    // By default Ajv turns 1 into "1" and ["a"] into "a", and drops what it doesn't know.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    frameworkErrors: (error, request, reply) => {
      void reply.headers(headers); // Such a request doesn't get as far as the hooks.
      sendError(error, request, reply);
    },
    clientErrorHandler: answerBrokenRequest(headers),
  });

  app.addHook('onRequest', async (_request, reply) => void reply.headers(headers));
  app.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
    request.log.info({ req: request, status: statusCode, durationMs: Math.round(elapsedTime) }, 'answered');
  });

  if (topology.needsCors) {
    // Foreign origins get no CORS headers at all, instead of all but one.
    await app.register(cors, {
      delegator: ({ headers: { origin } }, done) => {
        const isAllowed = origin !== undefined && topology.acceptedFetchSites.has(origin);
        done(null, isAllowed ? { ...CORS, origin } : { origin: false });
      },
    });
  }

  // What is under way ends in peace. Meanwhile it still listens, to send everybody else away with a reason. A refresh
  // is waited for also when nobody waits for its answer any more: its result may be the only key to a session.
  const underWay = createUnderWay(app.server);
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    await underWay.settle();
  });
  app.addHook('onRequest', async () => {
    if (isClosing) throw new ApiError('shutting_down', { headers: SHUTTING_DOWN_HEADERS });
  });

  const redis = config.redisUrl === undefined ? undefined : await connectToRedis(config.redisUrl, app.log);
  app.addHook('onClose', async () => redis?.close());
  await addRateLimits(app, { config, redis });

  // Fastify accepts text/plain too, which a form can send across origins without a preflight.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );

  const methodsByPath = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methodsByPath.set(url, [...(methodsByPath.get(url) ?? []), ...[method].flat()]);
  });
  app.setErrorHandler<FastifyError>(sendError);
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsByPath.get(request.raw.url?.split('?')[0] ?? '');
    const error = allowed
      ? new ApiError('method_not_allowed', { headers: { allow: allowed.join(', ') } })
      : new ApiError('not_found');
    sendError(error, request, reply);
  });

  await app.register(cookie);
  await app.register(swagger, { openapi: OPENAPI, refResolver: { buildLocalReference } });
  for (const schema of namedJsonSchemas()) app.addSchema(schema);

  const measuredFetch = createMeasuredFetch(createProviderFetch(provider), { provider, metrics });
  const providerFetch = createLimitedFetch(measuredFetch, provider.maxRequestsInFlight);
  const oauthClient = createOAuthClient(provider, providerFetch);
  const resourceClient = createResourceClient(config, providerFetch);
  const memory = createMemoryState();
  const sharedState = redis
    ? createRedisState({ redis, memory, providerTimeoutMs: provider.timeoutMs, log: app.log })
    : memory;
  const sessions = createSessions({ config, oauthClient, sharedState, metrics, underWay });
  const signInParts = { config, oauthClient, sharedState, sessions, metrics, openTransactions };
  const signIns = createSignIns(signInParts);
  await app.register(cookieRoutes, { topology, signIns, sessions });
  await app.register(bearerRoutes, { resourceClient });
  await app.register(operatorRoutes, { redis, metrics });
  const redirectUri = provider.serverRedirectUri;
  if (redirectUri) {
    const options = { config, redirectUri, signIns, sessions, resourceClient, reportError };
    await app.register(serverSideRoutes, options);
  }
  return app;
}

/** Keeps the names of the schemas, which would else be numbered. */
function buildLocalReference({ $id }: { $id?: unknown }): string {
  return typeof $id === 'string' ? $id : 'Unnamed';
}

const SHUTTING_DOWN_HEADERS = { 'retry-after': '5', connection: 'close' };

const CORS = {
  credentials: true,
  methods: ['GET', 'POST'],
  allowedHeaders: ['authorization', 'content-type', CSRF_HEADER.name.toLowerCase()],
  exposedHeaders: ['Retry-After', 'WWW-Authenticate'],
  maxAge: 600,
  strictPreflight: false, // Its refusal is plain text.
};

const OPENAPI = {
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
        description: 'One for each attempt.',
      },
      accessToken: { type: 'http', scheme: 'bearer' },
    },
  },
} as const;

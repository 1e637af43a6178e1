import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { LogController, type FastifyHttpOptions } from 'fastify';
import type { Config } from '../config.ts';
import { createProxyTrust } from '../proxies.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { answerMalformedUrl } from './error-handler.ts';
import { loggerOptions, type LogStream } from './logging.ts';
import { responseHeaders } from './response-headers.ts';

/** Limits, time-outs, request ids and logging of the server. */
export function fastifyOptions(config: Config, logStream?: LogStream): FastifyHttpOptions<Server> {
  const headers = responseHeaders(config.topology);
  return {
    logger: loggerOptions(config.logLevel, logStream),
    // A client must not choose a text of the log, so the request's own id is ignored.
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    // Fastify would write two lines for each request. logging.ts writes one.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    trustProxy: config.trustedProxies.length > 0 && createProxyTrust(config.trustedProxies),
    bodyLimit: 8192,
    // The server disconnects a client that sends slowly or does not read its answer.
    requestTimeout: config.requestTimeoutMs,
    connectionTimeout: config.idleTimeoutMs,
    keepAliveTimeout: config.keepAliveSeconds * 1000,
    http: {
      maxHeaderSize: 16_384,
      requireHostHeader: false, // broken-request.ts requires it, in the form of the contract.
      headersTimeout: config.requestTimeoutMs,
      // Node checks for expired connections every 30 s by default, so a shorter time-out would be late.
      connectionsCheckingInterval: config.requestTimeoutMs / 10,
    },
    // By default Fastify gives up a close that takes longer than ten seconds. shutdown.ts has a limit of its own.
    pluginTimeout: 0,
    // shutdown.ts has waited for the requests in flight by then. A connection without a request would block the close.
    forceCloseConnections: true,
    return503OnClosing: false, // shutdown.ts answers in the form of the contract.
    frameworkErrors: (_error, request, reply) => answerMalformedUrl(request, reply),
    clientErrorHandler: answerBrokenRequest(headers),
  };
}

import fastifyCors from '@fastify/cors';
import { CSRF_HEADER } from '@oneclick/shared/paths';
import fp from 'fastify-plugin';
import type { Topology } from '../topology.ts';

/** Allows the web origins to call the API, if they are not the API's own origin. */
export const cors = fp<{ topology: Topology }>(async (app, { topology }) => {
  if (!topology.needsCors) return;
  if (topology.relation === 'cross-site') {
    app.log.warn(
      'WEB_ORIGIN and API_ORIGIN are two sites: users of Safari, of strict Firefox and of every browser that blocks third-party cookies cannot sign in. Serve both on one site.',
    );
  }
  await app.register(fastifyCors, {
    // Another origin gets no CORS header at all. With a fixed list, the plugin would still send some of them.
    delegator: ({ headers: { origin } }, done) => {
      const isAllowed = origin !== undefined && topology.acceptedFetchSites.has(origin);
      done(null, isAllowed ? { ...OPTIONS, origin } : { origin: false });
    },
  });
});

const OPTIONS = {
  credentials: true,
  methods: ['GET', 'POST'],
  allowedHeaders: [
    'authorization',
    'content-type',
    CSRF_HEADER.name.toLowerCase(),
    // Monitoring scripts of a web app add these to every request (W3C Trace Context and Baggage, Sentry). The API ignores them.
    'traceparent',
    'tracestate',
    'baggage',
    'sentry-trace',
  ],
  exposedHeaders: ['Retry-After', 'WWW-Authenticate'],
  maxAge: 600,
  strictPreflight: false, // The plugin refuses an invalid preflight in plain text. Our 405 has the form of the contract.
};

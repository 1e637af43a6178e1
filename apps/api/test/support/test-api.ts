import type { FastifyInstance } from 'fastify';
import { expect, onTestFinished } from 'vitest';
import * as v from 'valibot';
import { buildApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { createBrowser } from './browser.ts';
import { PROVIDER } from '../doubles/test-provider.ts';

export const WEB_ORIGIN = 'https://app.example.com';
export const CLIENT_SECRET = 'canary-client-secret';

export const VALID_ENV = {
  WEB_ORIGIN,
  OAUTH_PROVIDER: PROVIDER,
  OAUTH_CLIENT_ID: 'client_1',
  OAUTH_CLIENT_SECRET: CLIENT_SECRET,
  SESSION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64url')}`,
  LOG_LEVEL: 'debug',
  // All browsers of a test have the same address.
  RATE_LIMIT_PER_MINUTE: '100000',
};

interface TestApiOptions {
  env?: Record<string, string>;
  timeoutMs?: number;
  maxRequestsInFlight?: number;
  requestTimeoutMs?: number;
  idleTimeoutMs?: number;
  shutdownTimeoutMs?: number;
}

/** Builds the API with a browser in front of it, and collects its log lines. */
export async function startApi(options: TestApiOptions = {}) {
  const { env, timeoutMs = 2000, maxRequestsInFlight = 256, ...others } = options;
  const config = parseConfig({ ...VALID_ENV, ...env });
  const log: string[] = [];
  const logStream = { write: (line: string) => void log.push(line) };
  const provider = { ...config.provider, timeoutMs, maxRequestsInFlight };
  const app = await buildApp({ ...config, ...others, provider }, logStream);
  onTestFinished(() => app.close());
  expectDocumentedErrors(app);
  const webOrigin = env?.['WEB_ORIGIN'] ?? WEB_ORIGIN;
  const apiOrigin = env?.['API_ORIGIN'] ?? webOrigin;
  return {
    app,
    log,
    /** The values of `event`, in order. */
    events: () => log.flatMap((line) => /"event":"(\w+)"/.exec(line)?.[1] ?? []),
    newBrowser: () => createBrowser({ app, webOrigin, apiOrigin }),
    browser: createBrowser({ app, webOrigin, apiOrigin }),
  };
}

/** Fails the test if a route answers an error that the OpenAPI document does not name for it. */
function expectDocumentedErrors(app: FastifyInstance): void {
  const answered: { url: string; code: string }[] = [];
  app.events.on('error_answered', ({ code, request }) => {
    answered.push({ url: request.routeOptions.url ?? '', code });
  });
  onTestFinished(async () => {
    if (answered.length === 0) return;
    const documented = await documentedErrors(app);
    const undocumented = answered.filter(({ url, code }) => documented.get(url)?.includes(code) === false);
    expect(undocumented, 'errors that no route documents').toEqual([]);
  });
}

const Operation = v.object({ responses: v.record(v.string(), v.object({ description: v.string() })) });
const OpenApiDocument = v.object({
  paths: v.record(v.string(), v.object({ get: v.optional(Operation), post: v.optional(Operation) })),
});

/** The error codes of each route that answers errors, from the OpenAPI document. Empty if there is no document. */
export async function documentedErrors(
  app: FastifyInstance,
): Promise<ReadonlyMap<string, readonly string[]>> {
  // Not typed, because operations/ may be absent.
  const describeApi =
    app.hasDecorator('describeApi') && app.getDecorator<() => Promise<unknown>>('describeApi');
  const { paths } = v.parse(OpenApiDocument, describeApi ? await describeApi() : { paths: {} });
  const errors = new Map(
    Object.entries(paths).map(([url, { get, post }]) => {
      const responses = Object.entries((post ?? get)?.responses ?? {}).filter(([status]) => status >= '400');
      return [url, responses.flatMap(([, { description }]) => description.split(', '))] as const;
    }),
  );
  for (const [url, codes] of errors) if (codes.length === 0) errors.delete(url); // It answers errors with a redirect.
  return errors;
}

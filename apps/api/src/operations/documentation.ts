import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { ERRORS, type ErrorCode } from '@oneclick/shared/error-status';
import * as messages from '@oneclick/shared/messages';
import { CSRF_HEADER, PATHS } from '@oneclick/shared/paths';
import { toJsonSchema } from '@valibot/to-json-schema';
import fastify, { type FastifyInstance, type FastifySchema, type RouteOptions } from 'fastify';
import * as v from 'valibot';
import { ROUTE_DOCUMENTATION } from './route-documentation.ts';

declare const SWAGGER_UI_FILES: string | undefined;

/** The files of the page. The build has a copy of them, and its own path to it. */
const PAGE_FILES = join(
  import.meta.dirname,
  typeof SWAGGER_UI_FILES === 'string' ? SWAGGER_UI_FILES : '../../node_modules/@fastify/swagger-ui/static',
);

/**
 * An app that serves the OpenAPI document of these routes (`swagger()`), and the files of a page that shows it. It serves
 * none of the routes themselves.
 */
export async function createDocumentation(routes: readonly RouteOptions[]): Promise<FastifyInstance> {
  const app = fastify({ exposeHeadRoutes: false });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  for (const [$id, schema] of MESSAGES) app.addSchema({ $id, ...jsonSchemaOf(schema) });
  await app.register(swagger, {
    openapi: DOCUMENT,
    refResolver: { buildLocalReference },
    transform: ({ url, route }) => ({ url, schema: describeRoute(route) }),
  });
  // The page shows requests and does not send them: it runs on the origin of the real API.
  await app.register(swaggerUi, {
    routePrefix: PATHS.docs,
    // Without these two, the plugin looks for the files next to its own code, which is bundled.
    baseDir: PAGE_FILES,
    logo: { type: 'image/svg+xml', content: readFileSync(join(PAGE_FILES, 'logo.svg')) },
    staticCSP: PAGE_CSP,
    theme: { title: 'One-click sign-in: API' },
    uiConfig: { layout: 'BaseLayout', supportedSubmitMethods: [], defaultModelsExpandDepth: 0 },
  });
  for (const { method, url, schema, config } of routes) {
    if (!ROUTE_DOCUMENTATION[url]) continue;
    app.route({ method, url, ...(schema && { schema }), ...(config && { config }), handler: answerNotFound });
  }
  await app.ready();
  return app;
}

const answerNotFound: RouteOptions['handler'] = (_request, reply) => reply.callNotFound();

/** The API itself serves every file of the page. Its icons are data URLs. */
const PAGE_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The messages that the document names. The queries of the server-side flow become lists of parameters. */
const MESSAGES = Object.entries<v.GenericSchema>(messages).filter(([name]) => !/^State$|Query$/.test(name));

function jsonSchemaOf(schema: v.GenericSchema) {
  const { $schema: _, ...jsonSchema } = toJsonSchema(schema, { target: 'draft-2020-12' });
  return jsonSchema;
}

/** Keeps the names of the schemas. The plugin would number them. */
function buildLocalReference({ $id }: { $id?: unknown }): string {
  return typeof $id === 'string' ? $id : 'Unnamed';
}

function describeRoute({ url, schema = {}, config }: RouteOptions): FastifySchema {
  const documentation = ROUTE_DOCUMENTATION[url];
  if (!documentation) return { hide: true }; // The page itself.
  const { success, errors, ...texts } = documentation;
  const { body, querystring } = schema;
  const answers = v.parse(v.optional(v.record(v.string(), v.unknown()), {}), schema.response);
  // Every route refuses a request without Host.
  const codes: ErrorCode[] = errors ? [...errors, 'invalid_request', 'internal_error', 'shutting_down'] : [];
  if (body) codes.push('payload_too_large', 'unsupported_media_type');
  if (errors && config?.rateLimitGroup) codes.push('rate_limited');

  const codesByStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
  const errorResponses = [...codesByStatus].map(([status, each]) => [
    status,
    jsonContent(each.join(', '), [...namesOf(answers[status]), 'ErrorResponse']),
  ]);
  return {
    ...texts,
    ...(isSchema(body) && { body: { $ref: `${namesOf(body)[0]}#` } }),
    ...(isSchema(querystring) && { querystring: jsonSchemaOf(querystring) }),
    response: {
      ...(success ?? { 200: jsonContent('Done.', namesOf(answers['200'])) }),
      ...Object.fromEntries(errorResponses),
    },
  };
}

/** The names of a message of the contract, or of the messages of a union that differ from an error. */
function namesOf(schema: unknown): string[] {
  const name = MESSAGES.find(([, message]) => message === schema)?.[0];
  if (name) return name === 'ErrorResponse' ? [] : [name];
  return v.is(v.object({ options: v.array(v.unknown()) }), schema) ? schema.options.flatMap(namesOf) : [];
}

function isSchema(value: unknown): value is v.GenericSchema {
  return v.is(v.object({ kind: v.literal('schema') }), value);
}

function jsonContent(description: string, schemas: readonly string[]): object {
  const references = schemas.map((schema) => ({ $ref: `${schema}#` }));
  const schema = references.length > 1 ? { anyOf: references } : references[0];
  return { description, content: { 'application/json': { schema } } };
}

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

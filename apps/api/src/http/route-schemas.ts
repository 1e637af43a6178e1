import { ERRORS, type ErrorCode } from '@oneclick/shared/errors';
import * as messages from '@oneclick/shared/messages';
import { toJsonSchema } from '@valibot/to-json-schema';
import type { FastifyContextConfig, FastifySchema } from 'fastify';
import type * as v from 'valibot';

const SCHEMAS = {
  EmptyRequest: messages.EmptyRequest,
  ExchangeTokenRequest: messages.ExchangeTokenRequest,
  StartResponse: messages.StartResponse,
  TokenResponse: messages.TokenResponse,
  Userinfo: messages.Userinfo,
  TopupResponse: messages.TopupResponse,
  HealthResponse: messages.HealthResponse,
  ReadinessResponse: messages.ReadinessResponse,
  ErrorResponse: messages.ErrorResponse,
};
type SchemaName = keyof typeof SCHEMAS;

/** The schemas with which Fastify validates and serialises, and which the OpenAPI document shows. */
export function contractJsonSchemas(): { $id: string }[] {
  return Object.entries(SCHEMAS).map(([$id, schema]) => ({ ...jsonSchemaOf(schema), $id }));
}

function jsonSchemaOf(schema: v.GenericSchema) {
  const { $schema: _, ...jsonSchema } = toJsonSchema(schema, { target: 'draft-2020-12' });
  return jsonSchema;
}

/** What a request to the provider can end with. */
export const PROVIDER_ERRORS = ['provider_bad_response', 'provider_unavailable', 'provider_timeout'] as const;

interface RouteDescription {
  operationId: string;
  summary: string;
  security?: readonly { [scheme: string]: readonly string[] }[];
  config?: FastifyContextConfig;
  body?: SchemaName;
  /** The OpenAPI document shows it as a list of parameters. */
  querystring?: v.GenericSchema;
  success: object;
  /** An answer with a status of an error that is not an `ErrorResponse`. */
  failure?: { status: number; schema: SchemaName };
  /** Those that do not follow from the other members. A route without the list answers every error with a redirect. */
  errors?: readonly ErrorCode[];
}

interface RouteOptions {
  schema: FastifySchema;
  config: FastifyContextConfig;
}

/**
 * Documents a route: its texts, its schemas and every error that it can answer.
 * @example
 * app.post(PATHS.start, describeRoute({ operationId: 'start', …, success: json('StartResponse') }), handler);
 */
export function describeRoute(description: RouteDescription): RouteOptions {
  const { config = {}, body, querystring, success, failure, errors, ...texts } = description;
  const codes: ErrorCode[] = errors ? [...errors, 'internal_error', 'shutting_down'] : [];
  if (errors && (body || querystring)) codes.push('invalid_request');
  if (body) codes.push('payload_too_large', 'unsupported_media_type');
  if (errors && config.rateLimitGroup) codes.push('rate_limited');

  const codesByStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
  const errorSchemas = (status: number): SchemaName[] =>
    status === failure?.status ? [failure.schema, 'ErrorResponse'] : ['ErrorResponse'];
  const schema = {
    ...texts,
    ...(body && { body: { $ref: `${body}#` } }),
    ...(querystring && { querystring: jsonSchemaOf(querystring) }),
    response: {
      ...success,
      ...Object.fromEntries(
        [...codesByStatus].map(([status, each]) => [
          status,
          jsonContent(each.join(', '), errorSchemas(status)),
        ]),
      ),
    },
  };
  return { schema, config };
}

/** 200 with a message of the contract. */
export const json = (schema: SchemaName): object => ({ 200: jsonContent('Done.', [schema]) });

/** An answer without a body. */
export const empty = (status: 204 | 302): object => ({ [status]: { description: 'Done.', type: 'null' } });

function jsonContent(description: string, schemas: readonly SchemaName[]): object {
  const references = schemas.map((schema) => ({ $ref: `${schema}#` }));
  const schema = references.length > 1 ? { anyOf: references } : references[0];
  return { description, content: { 'application/json': { schema } } };
}

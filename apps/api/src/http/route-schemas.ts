import type { FastifySchema } from 'fastify';
import { ERRORS, type ErrorCode } from '@oneclick/shared/errors';
import * as messages from '@oneclick/shared/messages';
import { toJsonSchema } from '@valibot/to-json-schema';
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

/** The contract's schemas as Fastify validates and serialises with them, and as the OpenAPI document shows them. */
export function namedJsonSchemas(): { $id: string }[] {
  return Object.entries(SCHEMAS).map(([$id, schema]) => ({ ...jsonSchemaOf(schema), $id }));
}

function jsonSchemaOf(schema: v.GenericSchema) {
  const { $schema: _, ...jsonSchema } = toJsonSchema(schema, { target: 'draft-2020-12' });
  return jsonSchema;
}

interface RouteDescription {
  operationId: string;
  summary: string;
  security?: { [scheme: string]: [] }[];
  body?: SchemaName;
  /** In the document it becomes a list of parameters. */
  querystring?: v.GenericSchema;
  success: { status: 200; schema: SchemaName } | { status: 204 } | { status: 302 };
  /** An answer with an error's status that is no error of the request's. */
  failure?: { status: number; schema: SchemaName };
  /** Undefined if the route never answers with an error. */
  errors?: readonly ErrorCode[];
}

/** What any request can be answered with. */
const COMMON_ERRORS = ['invalid_request', 'internal_error', 'shutting_down'] as const;

export function routeSchema(description: RouteDescription): FastifySchema {
  const { body, querystring, success, failure, errors, ...texts } = description;
  const possibleCodes = errors ? new Set([...COMMON_ERRORS, ...errors]) : [];
  const codesByStatus = Map.groupBy(possibleCodes, (code) => ERRORS[code].status);
  const errorSchemas = (status: number): SchemaName[] =>
    status === failure?.status ? [failure.schema, 'ErrorResponse'] : ['ErrorResponse'];
  return {
    ...texts,
    ...(body && { body: { $ref: `${body}#` } }),
    ...(querystring && { querystring: jsonSchemaOf(querystring) }),
    response: {
      [success.status]:
        'schema' in success ? jsonContent('Done.', success.schema) : { description: 'Done.', type: 'null' },
      ...Object.fromEntries(
        [...codesByStatus].map(([status, codes]) => [
          status,
          jsonContent(codes.join(', '), ...errorSchemas(status)),
        ]),
      ),
    },
  };
}

function jsonContent(description: string, ...schemas: SchemaName[]) {
  const references = schemas.map((schema) => ({ $ref: `${schema}#` }));
  const schema = references.length > 1 ? { anyOf: references } : references[0];
  return { description, content: { 'application/json': { schema } } };
}

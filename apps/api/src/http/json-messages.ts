import fp from 'fastify-plugin';
import * as v from 'valibot';
import { ApiError } from './api-error.ts';

/**
 * Accepts JSON as the only content type. Validates requests and answers with the schemas of the contract, which remove every
 * field of an answer that they do not name.
 */
export const jsonMessages = fp(async (app) => {
  // By default Fastify accepts text/plain too, which a form of another site can send without a preflight.
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null);
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') return done(new ApiError('unsupported_media_type'));
    return parseJson(request, body, done);
  });
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined) request.body = {}; // No body means the same as an empty object.
  });
  app.setValidatorCompiler<v.GenericSchema>(({ schema }) => (input) => {
    const { success, output } = v.safeParse(schema, input);
    // valibot takes an empty list for an empty object.
    const isValid = success && !Array.isArray(input);
    return isValid ? { value: output } : { error: new ApiError('invalid_request') };
  });
  app.setSerializerCompiler<v.GenericSchema>(
    ({ schema }) =>
      (output) =>
        JSON.stringify(v.parse(schema, output)),
  );
});

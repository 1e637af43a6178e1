import fp from 'fastify-plugin';
import { contractJsonSchemas } from './route-schemas.ts';

/** Accepts JSON as the only content type, and registers the schemas of the contract. */
export const jsonBodies = fp(async (app) => {
  // By default Fastify accepts text/plain too, which a form of another site can send without a preflight.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined) request.body = {}; // No body means the same as an empty object.
  });
  for (const schema of contractJsonSchemas()) app.addSchema(schema);
});

import type { FastifyBaseLogger } from 'fastify';
import type { ProviderEndpoint } from '../http/events.ts';

/**
 * Logs the names of fields that the provider sent in another form than it documents, and that were therefore ignored.
 * Never their values: one of them may be a token or an address.
 */
export function reportOddFields(
  log: Pick<FastifyBaseLogger, 'warn'>,
  endpoint: ProviderEndpoint,
): (fields: string[]) => void {
  return (fields) =>
    log.warn({ event: 'provider_field_ignored', endpoint, fields }, 'fields of the provider were ignored');
}

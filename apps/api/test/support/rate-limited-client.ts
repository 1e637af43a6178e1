import { PATHS } from '@oneclick/shared/paths';
import type { FastifyInstance } from 'fastify';
import { WEB_ORIGIN } from './test-api.ts';

/** Three requests per minute. */
export const LIMIT = { RATE_LIMIT_PER_MINUTE: '3' };

interface Client {
  remoteAddress?: string;
  forwardedFor?: string;
  method?: 'GET' | 'POST' | 'OPTIONS';
  headers?: Record<string, string>;
}

export function ask(app: FastifyInstance, url: string, client: Client = {}) {
  const { method = 'POST', remoteAddress = '192.0.2.1', forwardedFor, headers = {} } = client;
  return app.inject({
    method,
    url,
    remoteAddress,
    headers: {
      origin: WEB_ORIGIN,
      'x-csrf': '1',
      ...(forwardedFor && { 'x-forwarded-for': forwardedFor }),
      ...headers,
    },
  });
}

/** The statuses of one `POST /api/oauth/start` by each client in turn. */
export async function statuses(app: FastifyInstance, clients: readonly Client[]): Promise<number[]> {
  const answers = [];
  for (const client of clients) answers.push((await ask(app, PATHS.start, client)).statusCode);
  return answers;
}

import type { IncomingMessage, ServerResponse } from 'node:http';

const TOKENS = {
  access_token: `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${'x'.repeat(150)}.${'y'.repeat(43)}`,
  token_type: 'Bearer',
  expires_in: 7200,
  refresh_token: `refresh_${'z'.repeat(48)}`,
  scope: 'profile balance',
};

const USERINFO = {
  id: 12_345,
  username: 'user123',
  email: 'user@example.com',
  quota: 1_000_000,
  used_quota: 250_000,
  balance_formatted: '750.00',
  created_time: 1_640_995_200,
  status: 1,
};

/** A page of another origin may read userinfo, and its browser remembers that. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization',
  'access-control-max-age': '7200',
};

/**
 * A provider that answers at once and checks nothing, for a user who is signed in there and has agreed before. So the time
 * that is measured is the app's.
 */
export function answerAsProvider(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  request.resume();
  if (request.method === 'OPTIONS') return void response.writeHead(204, CORS_HEADERS).end();
  if (pathname === '/api/oauth2/authorize') {
    const answer = new URL(searchParams.get('redirect_uri') ?? '');
    answer.searchParams.set('code', 'code_1');
    answer.searchParams.set('state', searchParams.get('state') ?? '');
    return void response.writeHead(302, { location: answer.href }).end();
  }
  const body = JSON.stringify(pathname === '/api/oauth2/token' ? TOKENS : USERINFO);
  response.writeHead(200, { ...CORS_HEADERS, 'content-type': 'application/json' }).end(body);
}

import { createServer } from 'node:http';

/*
 * A provider that answers at once and checks nothing, so that the time and the memory of the bench are the API's. It
 * keeps no tokens over 100,000 visits. The doubles in test/doubles rotate and remember them.
 */

let tokens = 0;
const USERINFO = JSON.stringify({
  id: 12_345,
  username: 'user123',
  email: 'user@example.com',
  quota: 1_000_000,
  used_quota: 250_000,
  balance_formatted: '750.00',
  created_time: 1_640_995_200,
  status: 1,
});

/** A token response with an access token as long as a JWT of AIHubMix. */
function newTokens(): string {
  tokens += 1;
  const id = tokens.toString(36).padStart(8, '0');
  return JSON.stringify({
    access_token: `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${'x'.repeat(150)}${id}.${'y'.repeat(43)}`,
    token_type: 'Bearer',
    expires_in: 7200,
    refresh_token: `refresh_${'z'.repeat(40)}${id}`,
    scope: 'profile balance',
  });
}

const server = createServer((request, response) => {
  const body = request.method === 'POST' ? newTokens() : USERINFO;
  request.resume().on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');

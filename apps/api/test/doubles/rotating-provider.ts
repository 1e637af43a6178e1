import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { portOf } from '../support/port-of.ts';

/**
 * What goes wrong with one token request. `unavailable`, `reset` and `silent` before anything has happened; `cut` and
 * `late` after: the tokens are rotated, and the answer doesn't arrive, or not in time.
 */
export type TokenFault = 'unavailable' | 'reset' | 'silent' | 'slow' | 'cut' | 'late';

interface RotatingProviderOptions {
  /**
   * How long a refresh token that was just replaced is taken again, as long as nobody has used the new one. Some
   * providers are so patient with answers that got lost (RFC 9700 §4.14.2 leaves it to them); a strict one is not.
   */
  overlapMs?: number;
  /** Asked before each refresh. */
  chooseFault?: () => TokenFault | undefined;
  /** How long `slow` and `late` answers take. */
  slowMs?: number;
  lateMs?: number;
}

interface Grant {
  isAlive: boolean;
}
interface RefreshToken {
  grant: Grant;
  successor?: { value: string; issuedAt: number };
}

export type RotatingProvider = Awaited<ReturnType<typeof startRotatingProvider>>;

/**
 * A provider on a port of its own that rotates refresh tokens, and ends the grant when one is used twice: the
 * strictest that RFC 9700 §4.14.2 describes, so that a race between instances can't go unnoticed.
 */
export async function startRotatingProvider(options: RotatingProviderOptions = {}) {
  const { overlapMs = 0, chooseFault, slowMs = 200, lateMs = 1500 } = options;
  const challenges = new Map<string, string>();
  const refreshTokens = new Map<string, RefreshToken>();
  const accessTokens = new Map<string, Grant>();
  const held: { arrive: () => void; released: Promise<void> }[] = [];

  const provider = {
    origin: '',
    /** Everything secret that went in or out. */
    secrets: new Set<string>(),
    codeRequests: 0,
    refreshRequests: 0,
    /** Second uses of a refresh token that ended its grant, and those that `overlapMs` let pass. */
    grantsEnded: 0,
    forgiven: 0,
    revoked: [] as string[],
    nextFaults: [] as TokenFault[],
    /** What the user's visit to the authorization endpoint ends with. */
    authorize(authorizationUrl: string): string {
      const { searchParams } = new URL(authorizationUrl);
      const code = randomBytes(16).toString('hex');
      challenges.set(code, searchParams.get('code_challenge') ?? '');
      for (const secret of [code, searchParams.get('state')]) if (secret) provider.secrets.add(secret);
      return code;
    },
    isRefreshTokenUsed: (value: string) => refreshTokens.get(value)?.successor !== undefined,
    isAlive: (accessToken: string) => accessTokens.get(accessToken)?.isAlive ?? false,
    /** Makes the next token request wait, before anything happens. */
    holdNext() {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held.push({ arrive: arrived.resolve, released: released.promise });
      return { arrived: arrived.promise, release: released.resolve };
    },
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
    /** Back at the same address. */
    reopen: async () => void (await once(server.listen(port, '127.0.0.1'), 'listening')),
  };

  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const port = portOf(server);
  provider.origin = `http://127.0.0.1:${port}`;
  return provider;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    if (request.url === '/revoke') {
      provider.revoked.push(form.get('token') ?? '');
      response.end();
      return;
    }
    const hold = held.shift();
    hold?.arrive();
    await hold?.released;
    // Whoever sent it is gone: what follows never happens.
    if (request.socket.destroyed) return;

    const isRefresh = form.get('grant_type') === 'refresh_token';
    const fault = isRefresh ? (provider.nextFaults.shift() ?? chooseFault?.()) : undefined;
    if (isRefresh) provider.refreshRequests += 1;
    else provider.codeRequests += 1;
    if (fault === 'unavailable') response.writeHead(503).end('{}');
    if (fault === 'reset') request.socket.resetAndDestroy();
    if (fault === 'unavailable' || fault === 'reset' || fault === 'silent') return;
    if (fault === 'slow') await delay(slowMs);
    if (request.socket.destroyed) return;

    const tokens = isRefresh ? refresh(form.get('refresh_token') ?? '') : redeem(form);
    if (fault === 'cut') request.socket.destroy();
    if (fault === 'late') await delay(lateMs);
    response.writeHead(tokens ? 200 : 400, { 'content-type': 'application/json' });
    response.end(JSON.stringify(tokens ?? { error: 'invalid_grant' }));
  }

  function redeem(form: URLSearchParams) {
    const code = form.get('code') ?? '';
    const verifier = form.get('code_verifier') ?? '';
    provider.secrets.add(verifier);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const isGood = challenges.get(code) === challenge && challenges.delete(code);
    return isGood ? issue({ isAlive: true }) : undefined;
  }

  function refresh(value: string) {
    const token = refreshTokens.get(value);
    if (!token?.grant.isAlive) return undefined;
    if (token.successor) {
      const { value: successor, issuedAt } = token.successor;
      const isUnused = !refreshTokens.get(successor)?.successor;
      if (isUnused && Date.now() - issuedAt < overlapMs) {
        provider.forgiven += 1;
        return issue(token.grant, successor);
      }
      token.grant.isAlive = false;
      provider.grantsEnded += 1;
      return undefined;
    }
    const tokens = issue(token.grant);
    token.successor = { value: tokens.refresh_token, issuedAt: Date.now() };
    return tokens;
  }

  function issue(grant: Grant, refreshToken: string = randomBytes(24).toString('base64url')) {
    const accessToken = randomBytes(24).toString('base64url');
    accessTokens.set(accessToken, grant);
    if (!refreshTokens.has(refreshToken)) refreshTokens.set(refreshToken, { grant });
    for (const secret of [accessToken, refreshToken]) provider.secrets.add(secret);
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 7200,
      refresh_token: refreshToken,
      scope: 'profile balance',
    };
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

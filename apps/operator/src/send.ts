import { EnvHttpProxyAgent, request } from 'undici';

export interface Answer {
  status: number;
  /** Names in lower case. Several headers of one name are joined with commas, as a browser reads them. */
  headers: Headers;
  body: string;
}

/** The status and the content type, for a sentence. */
export function describeAnswer({ status, headers }: Answer): string {
  return `${status} ${headers.get('content-type') ?? ''}`.trim();
}

export function isHtml({ headers }: Answer): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '');
}

interface Sending {
  method?: 'GET' | 'POST' | 'OPTIONS';
  headers?: Record<string, string>;
  body?: string;
  timeoutMs?: number;
}

/** @throws {NoAnswerError} */
export type Send = (url: string, sending?: Sending) => Promise<Answer>;

const MAX_BODY_CHARACTERS = 4_000_000;

/**
 * Creates the function that sends all HTTP requests of these commands. Each request has a time-out, and no redirect is followed.
 *
 * @param proxies those of the API's configuration. Without them, those of the environment count
 */
export function createSend(proxies: EnvHttpProxyAgent.Options = {}): Send {
  const dispatcher = new EnvHttpProxyAgent({ ...proxies, connect: { timeout: 5000 } });
  return async (url, { method = 'GET', headers = {}, body = null, timeoutMs = 10_000 } = {}) => {
    try {
      const answer = await request(url, {
        dispatcher,
        method,
        headers: { 'accept-encoding': 'identity', ...headers },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      let text = '';
      for await (const chunk of answer.body.setEncoding('utf8')) {
        text += String(chunk);
        if (text.length > MAX_BODY_CHARACTERS) break;
      }
      const pairs = Object.entries(answer.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((each): [string, string] => [name, each]),
      );
      return { status: answer.statusCode, headers: new Headers(pairs), body: text };
    } catch (cause) {
      throw new NoAnswerError(url, cause);
    }
  };
}

/** A server gave no answer, or only a part of one. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';

  constructor(url: string, cause: unknown) {
    const { origin, pathname } = new URL(url);
    super(`${origin}${pathname} does not answer: ${reasonOf(cause)}`, { cause });
  }
}

/** Why a request got no answer, in a few words. The message of an error may contain the address with its credentials. */
export function reasonOf(error: unknown): string {
  if (error instanceof NoAnswerError) return reasonOf(error.cause);
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  const [code] = causesOf(error);
  return code === undefined ? 'no HTTP answer' : (REASONS[code] ?? code);
}

/** The codes of an error and of its causes. */
export function causesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [...('code' in error ? [String(error.code)] : []), ...causesOf(error.cause)];
}

const REASONS: Record<string, string> = {
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name is unknown',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ETIMEDOUT: 'no connection in time',
};

import { type ErrorCode, isErrorCode } from '@oneclick/shared/errors';

/** What can go wrong before, beside and behind the API. Told apart by what the user does next. */
export type FaultCode = ErrorCode | (typeof OWN_CODES)[number];

const OWN_CODES = [
  /** The browser says that there is no network. */
  'offline',
  /** No answer, or one that is not the API's own: offline, a proxy's error page, the API is down. */
  'api_unreachable',
  /** An answer that the contract does not know. */
  'api_bad_answer',
  /** The sign-in window was closed, or the provider's page cut it off from us. */
  'window_closed',
  /** Nobody finished the sign-in in time. */
  'attempt_expired',
  /** The browser did not let a new tab open. */
  'tab_blocked',
  /** The app is shown inside another page, where signing in is not safe. */
  'framed',
] as const;

export function isFaultCode(value: unknown): value is FaultCode {
  return isErrorCode(value) || OWN_CODES.some((code) => code === value);
}

/** What a person is told, and quotes to support. Never holds a token, a code or a state. */
export type Notice = { code: FaultCode; requestId?: string };

/** A notice that another page or tab has left. Undefined if it is none. */
export function parseNotice({ code, requestId }: Record<string, unknown>): Notice | undefined {
  if (!isFaultCode(code)) return undefined;
  return { code, ...(typeof requestId === 'string' && { requestId }) };
}

export class Fault extends Error {
  readonly code: FaultCode;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;
  /** From `Retry-After`, already bounded. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: FaultCode,
    details: {
      status?: number;
      requestId?: string;
      retryable?: boolean;
      retryAfterMs?: number;
      cause?: unknown;
    } = {},
  ) {
    super(code, { cause: details.cause });
    this.name = 'Fault';
    this.code = code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
  }

  static from(error: unknown): Fault {
    return error instanceof Fault ? error : new Fault('api_bad_answer', { cause: error });
  }

  get notice(): Notice {
    return this.requestId === undefined
      ? { code: this.code }
      : { code: this.code, requestId: this.requestId };
  }
}

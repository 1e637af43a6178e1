import { causesOf } from '../http/api-error.ts';

/** The request failed before any byte of it was sent. `name` is for the log. */
export class NeverSentError extends Error {
  constructor(name: 'ConnectError' | 'HeldBackError', { cause }: { cause?: Error } = {}) {
    super('never sent', { cause });
    this.name = name;
  }
}

/**
 * Whether a request failed before any byte of it was sent. Only then it may be sent again: the provider accepts a code
 * once, and may have rotated a refresh token that it has seen.
 */
export function wasNeverSent(error: unknown): boolean {
  return [...causesOf(error)].some((cause) => cause instanceof NeverSentError);
}

import { causesOf } from '../http/api-error.ts';

/** The provider can't have seen the request. `name` is for the log. */
export class NeverSentError extends Error {
  constructor(name: 'ConnectError' | 'HeldBackError', { cause }: { cause?: Error } = {}) {
    super('never sent', { cause });
    this.name = name;
  }
}

/**
 * Whether the provider can't have seen the request. Only then is it safe to send it again: a code works once,
 * and a refresh token that was seen may be used up.
 */
export function wasNeverSent(error: unknown): boolean {
  return [...causesOf(error)].some((cause) => cause instanceof NeverSentError);
}

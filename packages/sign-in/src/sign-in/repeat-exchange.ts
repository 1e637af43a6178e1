import { isErrorCode } from '@oneclick/shared/error-status';
import { retryDelayMs } from '../session/retry-delay.ts';
import { SignInError } from '../sign-in-error.ts';

const TRIES = 3;
/** All waits together. A code lives for ten minutes at most (RFC 6749 §4.1.2), and for one minute at some providers. */
const MAX_WAIT_MS = 60_000;

/**
 * Sends an exchange again, with the same code, while the API answers that the provider can't have received the code: at
 * the rate limit, during a shutdown, or if the provider can't be reached.
 * @param options.isWanted whether the exchange may still be repeated. Called before each repetition
 */
export async function repeatExchange<T>(
  exchange: () => Promise<T>,
  { isWanted = () => true }: { isWanted?: () => boolean } = {},
): Promise<T> {
  let waitedMs = 0;
  for (let failedTries = 0; ; failedTries += 1) {
    try {
      return await exchange();
    } catch (error) {
      const failure = SignInError.from(error);
      // Only the API knows whether the code is still unused. Without its answer, the user decides.
      const mayRepeat = failure.retryable && isErrorCode(failure.code) && failedTries < TRIES - 1;
      const delayMs = retryDelayMs(failedTries, failure);
      waitedMs += delayMs;
      if (!mayRepeat || waitedMs > MAX_WAIT_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (!isWanted()) throw error;
    }
  }
}

import type { SignInClient } from '@oneclick/sign-in';

/**
 * Prints each change of the session and each event of a sign-in to the console, with the milliseconds since the page
 * was loaded. A user can read it to support on the phone. It contains status, steps, error codes and request ids, and
 * no secret, because neither sessions nor events contain one.
 */
export function printTimeline({ subscribe, getSession, onEvent }: SignInClient): void {
  const printSession = () => {
    // Without the session id, the methods and the transaction.
    const { status, step, error, warning } = {
      step: undefined,
      error: undefined,
      warning: undefined,
      ...getSession(),
    };
    print({ status, step, ...error, ...warning });
  };
  printSession();
  subscribe(printSession);
  onEvent(print, { replay: true });
}

function print(entry: object): void {
  console.info(`[sign-in] ${Math.round(performance.now())} ms ${JSON.stringify(entry)}`);
}

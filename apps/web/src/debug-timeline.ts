import type { SignInClient } from '@oneclick/sign-in';

/**
 * Prints each change of the session and each event of a sign-in, with the milliseconds since the page was loaded: for
 * a user who reads them to support. Sessions and events contain no secret.
 * @returns the undo
 */
export function printTimeline({ getSession, subscribe, onEvent }: SignInClient): () => void {
  const printSession = () => {
    const session = getSession();
    print({
      status: session.status,
      ...('step' in session && { step: session.step }),
      ...('error' in session && session.error),
      ...('warning' in session && session.warning),
    });
  };
  printSession();
  const undo = [subscribe(printSession), onEvent(print, { replay: true })];
  return () => {
    for (const undoOne of undo) undoOne();
  };
}

function print(fact: object): void {
  console.info(`[sign-in] ${Math.round(performance.now())} ms ${JSON.stringify(fact)}`);
}

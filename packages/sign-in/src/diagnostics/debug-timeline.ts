import type { Session } from '../session/tab-session.ts';

/**
 * Prints what happens to the session and to each sign-in, with the milliseconds since the page began. For a
 * person who reads it to support over the telephone: names, codes and request ids, and nothing secret, because
 * neither the states nor the events hold any.
 * @returns the undo
 */
export function printTimeline(session: Session): () => void {
  const { name: first } = session.getSnapshot();
  print({ state: first });
  const undoes = [
    session.subscribe(() => {
      const { name, ...rest } = session.getSnapshot();
      const trouble = 'trouble' in rest ? rest.trouble : 'notice' in rest ? rest.notice : undefined;
      print({ state: name, ...trouble });
    }),
    session.onSignInEvent(print),
  ];
  return () => {
    for (const undo of undoes) undo();
  };
}

function print(what: object): void {
  console.info(`[sign-in] ${Math.round(performance.now())} ms ${JSON.stringify(what)}`);
}

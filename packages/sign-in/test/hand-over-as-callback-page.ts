import { offerAuthorizationResponse } from '../src/hand-over/hand-over.ts';
import { STATE } from './answers.ts';

/** Comes back with the provider's answer, as the callback page does, and says what became of it. */
export async function handOver(
  response: { code: string } | { error: string },
): Promise<'acknowledged' | 'refused' | 'done' | 'unanswered'> {
  const offer = await offerAuthorizationResponse({ state: STATE, ...response });
  const { promise: nobody, resolve } = Promise.withResolvers<'unanswered'>();
  const timer = setTimeout(() => resolve('unanswered'), 300);
  return Promise.race([offer.outcome, nobody]).finally(() => {
    clearTimeout(timer);
    offer.close();
  });
}

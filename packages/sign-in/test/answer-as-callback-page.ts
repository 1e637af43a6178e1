import { handOverFromCallbackPage } from '../src/hand-over/hand-over-from-callback-page.ts';
import { STATE } from './answers.ts';

/** Hands over the provider's answer, as the callback page does. Resolves when a tab has reacted. */
export async function answerAsCallbackPage(
  response: { code: string } | { error: string },
): Promise<'acknowledged' | 'refused' | 'done'> {
  const handOver = await handOverFromCallbackPage({ state: STATE, ...response });
  return handOver.outcome.finally(handOver.close);
}

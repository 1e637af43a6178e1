import type { RequestContext } from './middleware.ts';

/** Which site sent a form, according to the request headers that no page can forge. */
export function formSource(ctx: RequestContext, ownOrigin: string): 'own' | 'foreign' | 'unknown' {
  const site = ctx.get('Sec-Fetch-Site');
  if (site !== '') return site === 'same-origin' ? 'own' : 'foreign';
  const origin = ctx.get('Origin');
  if (origin === '' || origin === 'null') return 'unknown';
  return origin === ownOrigin ? 'own' : 'foreign';
}

import { PATHS } from '@oneclick/shared/paths';
import { expect, test } from 'vitest';
import { errorOf, tokensOf } from '../../test/support/browser.ts';
import { signIn } from '../../test/support/sign-in.ts';
import { startApi } from '../../test/support/test-api.ts';
import { useProvider } from '../../test/doubles/test-provider.ts';

const provider = useProvider();

test('a listener that throws fails no request, and its error is logged without its message', async () => {
  const { app, browser, log } = await startApi();
  const events: string[] = [];
  for (const name of ['user_event', 'error_answered', 'provider_answered'] as const) {
    app.events.on(name, () => {
      throw new Error('canary');
    });
    app.events.on(name, () => void events.push(name));
  }
  await signIn(browser, provider);
  tokensOf(await browser.post(PATHS.refreshToken));
  expect(errorOf(await browser.get(PATHS.userinfo, ''))).toBe('401 invalid_token');
  expect(new Set(events)).toEqual(new Set(['user_event', 'provider_answered', 'error_answered']));
  expect(log.join()).toContain('"msg":"a listener of events failed"');
  expect(log.join()).not.toContain('canary"');
});

import type { Page, Response } from '@playwright/test';
import { TokenResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import * as v from 'valibot';
import { expect, test } from './system.ts';

/** The account that came with the token, if it did. */
async function userinfoIn(tokenResponse: Response): Promise<TokenResponse['userinfo']> {
  return v.parse(TokenResponse, await tokenResponse.json()).userinfo;
}

/** Collects the page's own requests for the account. */
function collectUserinfoRequests(page: Page): string[] {
  const requests: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === PATHS.userinfo) requests.push(request.url());
  });
  return requests;
}

test('the balance comes with the token after a sign-in and after a reload, without a request for userinfo', async ({
  person,
}) => {
  const requests = collectUserinfoRequests(person.page);
  const exchanged = person.page.waitForResponse(/exchange-token/);
  await person.openApp();
  await person.signIn();
  await expect(person.see('balance')).toHaveText('750.00');
  expect(await userinfoIn(await exchanged)).toMatchObject({ balance_formatted: '750.00' });
  expect(requests).toEqual([]);

  const restored = person.page.waitForResponse(/\/session/);
  await person.page.reload();
  await expect(person.see('balance')).toHaveText('750.00');
  expect(await userinfoIn(await restored)).toMatchObject({ balance_formatted: '750.00' });
  expect(requests).toEqual([]);

  // From here on, the page asks as ever. It is its first request.
  await person.see('refresh-balance').click();
  await expect(person.see('reading')).toContainText('unchanged');
  expect(requests).toHaveLength(1);
});

test('if userinfo of the provider is slow, the token comes without it, and the page asks for the account by itself', async ({
  person,
  system,
}) => {
  system.wires.provider.break('/api/oauth2/userinfo', { delayMs: 1500 });
  const requests = collectUserinfoRequests(person.page);
  const exchanged = person.page.waitForResponse(/exchange-token/);
  await person.openApp();
  await person.signIn();
  await expect(person.see('balance')).toHaveText('750.00');
  expect(await userinfoIn(await exchanged)).toBeUndefined();
  expect(requests).toHaveLength(1);

  const restored = person.page.waitForResponse(/\/session/);
  await person.page.reload();
  await expect(person.see('balance')).toHaveText('750.00');
  expect(await userinfoIn(await restored)).toBeUndefined();
  expect(requests).toHaveLength(2);
});

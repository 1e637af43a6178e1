import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './system.ts';

/* Wrong clocks, and tabs that the browser has frozen. */

test.use({ environment: { provider: { ACCESS_TOKEN_SECONDS: '10' } } });

/** Collects the status of every response to a refresh and to userinfo. */
function collectStatuses(page: Page): { refreshes: number[]; userinfo: number[] } {
  const seen = { refreshes: [] as number[], userinfo: [] as number[] };
  page.on('response', (response) => {
    if (response.url().endsWith('/session')) seen.refreshes.push(response.status());
    if (response.url().endsWith('/userinfo')) seen.userinfo.push(response.status());
  });
  return seen;
}

for (const hours of [-1, 1]) {
  test(`with a clock that is off by ${hours} hour, the person signs in and the token is refreshed only when it is due`, async ({
    person,
  }) => {
    await person.page.addInitScript(`Date = class extends Date {
      static now() { return super.now() + ${hours * 3_600_000}; }
      constructor(...parts) { super(...(parts.length > 0 ? parts : [Date.now()])); }
    };`);
    const seen = collectStatuses(person.page);
    await person.openApp();
    await person.signIn();
    await expect.poll(() => seen.refreshes.length, { timeout: 15_000 }).toBe(1);
    await person.see('refresh-balance').click();
    await expect(person.see('reading')).toContainText('unchanged');
    expect(new Set([...seen.refreshes, ...seen.userinfo])).toEqual(new Set([200]));
    expect(seen.refreshes.length).toBeLessThanOrEqual(2);
  });
}

test('a tab that was frozen until its token expired refreshes once, and no request is refused', async ({
  person,
  browser,
}) => {
  const seen = collectStatuses(person.page);
  await person.openApp();
  await person.signIn();
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  for (const { id } of renderers) process.kill(id, 'SIGSTOP');
  await delay(12_000);
  expect(seen.refreshes).toEqual([]);
  for (const { id } of renderers) process.kill(id, 'SIGCONT');
  await person.see('refresh-balance').click();
  await expect(person.see('reading')).toContainText('unchanged');
  expect(seen.refreshes).toEqual([200]);
  expect(new Set(seen.userinfo)).toEqual(new Set([200]));
  await person.seesAccount();
});

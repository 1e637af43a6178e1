import { PATHS } from '@oneclick/shared/paths';
import { expect, test } from './system.ts';

test("the API's documentation page describes every route, loads nothing from other origins and obeys its Content-Security-Policy", async ({
  person,
  system,
}) => {
  const { page } = person;
  const foreignRequests: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== system.origins.web) foreignRequests.push(request.url());
  });
  const response = await page.goto(system.origins.web + PATHS.docs);
  expect(response?.headers()['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);

  const operations = page.locator('.opblock-summary-path');
  await expect(operations.first()).toBeVisible();
  const paths = (await operations.allTextContents()).map((text) => text.replaceAll('\u200b', ''));
  for (const path of Object.values(PATHS)) if (path !== PATHS.docs) expect(paths).toContain(path);

  await page.locator('#operations-default-exchangeToken').click();
  await expect(page.getByText('transaction_not_found')).toBeVisible();
  await expect(page.locator('.try-out')).toHaveCount(0);
  expect(foreignRequests).toEqual([]);
});

import { expect, test } from '@playwright/test';
import type { RecordedRequest } from './recorded-server.ts';
import { drawWaterfall } from './waterfall.ts';

const request: RecordedRequest = {
  from: 'browser',
  to: 'app',
  method: 'POST',
  path: '/api/oauth/exchange-token?include=userinfo',
  startedAt: 1203,
  endedAt: 1411,
};
const onward: RecordedRequest = {
  ...request,
  from: 'server',
  to: 'provider',
  path: '/token',
  startedAt: 1304,
};

function picture(theme: 'light' | 'dark', ms = 432) {
  return drawWaterfall({
    title: 'From the click to the balance',
    subtitle: 'Each bar is one request.',
    since: 'the click',
    lanes: [
      { title: 'Naive <page>', wait: { startedAt: 1000, ms: 600, requests: [request] } },
      { title: 'This product', wait: { startedAt: 1000, ms, requests: [request, onward] } },
    ],
    theme,
  });
}

for (const theme of ['light', 'dark'] as const) {
  test(`the ${theme} picture is an image with a title, a description and one bar for each request`, async ({
    page,
  }) => {
    await page.setContent(picture(theme));
    const image = page.getByRole('img', { name: 'From the click to the balance' });
    await expect(image).toHaveAccessibleDescription(
      /Naive <page>: 1 request, 600 ms.*This product: 1 request, 430 ms/,
    );
    await expect(image.locator('rect.app:not([y="75"])')).toHaveCount(2);
    await expect(image.locator('rect.onward:not([y="75"])')).toHaveCount(1);
  });
}

test('all texts of the picture are inside it, and none covers another one', async ({ page }) => {
  await page.setContent(picture('light'));
  const boxes = await page.locator('svg > text').evaluateAll((texts) =>
    texts.map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      return { left, right, top, bottom, content: text.textContent };
    }),
  );
  const { right } = await page.locator('svg').evaluate((svg) => svg.getBoundingClientRect());
  expect(boxes.filter((box) => box.right > right)).toEqual([]);
  const overlaps = boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => [a.content, b.content]),
  );
  expect(overlaps).toEqual([]);
});

test('two runs that differ by a few milliseconds give the same picture', () => {
  expect(picture('light', 428)).toBe(picture('light', 434));
});

import { createHash } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { WEB_PATHS } from '@oneclick/shared/paths';
import { expect, test } from './system.ts';

async function expectNoAxeViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`${colorScheme} colours, 320 pixels wide`, () => {
    test.use({ colorScheme, viewport: { width: 320, height: 640 } });

    test(`a sign-in in ${colorScheme} colours at 320 pixels needs only the keyboard, is not cut off and has no axe violation`, async ({
      person,
    }) => {
      await person.openApp();
      await person.seesSignedOut();
      await expectNoAxeViolations(person.page);

      await person.page.keyboard.press('Tab');
      await expect(person.see('sign-in')).toBeFocused();
      const [popup] = await Promise.all([
        person.page.waitForEvent('popup'),
        person.page.keyboard.press('Enter'),
      ]);
      await popup.locator('[name=username]').waitFor();
      await expectNoAxeViolations(person.page);
      await expectNoAxeViolations(popup);
      await person.enterPassword(popup);
      await popup.getByTestId('provider-allow').waitFor();
      await expectNoAxeViolations(popup);
      await popup.getByTestId('provider-allow').click();
      await person.seesAccount();
      await expect(person.see('balance')).toBeVisible();
      await expectNoAxeViolations(person.page);

      const { scroll, client } = await person.page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }));
      expect(scroll).toBe(client);
    });
  });
}

test.describe('in a Korean browser', () => {
  test.use({ locale: 'ko-KR' });

  test('in a Korean browser the app and the sign-in window are in Korean', async ({ person }) => {
    await person.openApp();
    await expect(person.page.locator('html')).toHaveAttribute('lang', 'ko');
    await expect(person.see('sign-in')).toHaveText('AIHubMix로 로그인');
    const popup = await person.clickSignIn();
    await expect(popup.locator('html')).toHaveAttribute('lang', 'ko');
    await person.enterPassword(popup);
    await popup.getByTestId('provider-allow').click();
    await person.seesAccount();
    await expect(person.see('usage')).toContainText('1,000,000 중 250,000 사용');
  });
});

test('a callback page without a pending transaction sends no request and removes its query', async ({
  person,
  system,
  context,
}) => {
  const calls: string[] = [];
  context.on('request', (request) => {
    if (request.url().includes('/api/')) calls.push(request.url());
  });
  await person.page.goto(`${system.origins.web}/oauth/callback.html`);
  await expect(person.page.getByText('There is nothing to finish here.')).toBeVisible();
  await person.page.goto(`${system.origins.web}/oauth/callback.html?code=x&state=y`);
  await expect(person.page.getByText('There is nothing to finish here.')).toBeVisible();
  expect(person.page.url()).toBe(`${system.origins.web}/oauth/callback.html`);
  expect(calls).toEqual([]);
});

for (const { path, isAtRoot } of [
  { path: '/', isAtRoot: true },
  { path: '/below/a/path/', isAtRoot: false },
]) {
  test(`the app at ${path} says so if its files are missing${isAtRoot ? '' : ', and that it must be at the root'}`, async ({
    page,
    system,
  }) => {
    const { web } = system.origins;
    await page.route(web + path, async (route) => {
      await route.fulfill({ response: await route.fetch({ url: `${web}/` }) });
    });
    await page.route(/\/assets\//, (route) => route.fulfill({ status: 404 }));
    await page.goto(web + path);
    await expect(page.getByRole('alert')).toContainText('couldn’t be loaded');
    await expect(page.getByText('at the root of its origin')).toBeVisible({ visible: !isAtRoot });
    await expect(page.getByTestId('sign-in')).toHaveCount(0);
  });
}

test('pages have their security headers, and an unknown path answers 404', async ({ system, request }) => {
  const app = await request.get(system.origins.web);
  expect(app.headers()).toMatchObject({
    'content-security-policy': expect.not.stringContaining('unsafe'),
    'cross-origin-opener-policy': 'same-origin-allow-popups',
    'x-content-type-options': 'nosniff',
  });
  const callback = await request.get(`${system.origins.web}/oauth/callback.html?code=x&state=y`);
  expect(callback.headers()).toMatchObject({
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'unsafe-none',
    'referrer-policy': 'no-referrer',
  });
  expect((await request.get(`${system.origins.web}/nowhere`)).status()).toBe(404);
  // The service worker of the component tests, which answers in place of the API, is not in the build.
  expect((await request.get(`${system.origins.web}/mockServiceWorker.js`)).status()).toBe(404);
});

for (const path of ['/', WEB_PATHS.callback, WEB_PATHS.opening]) {
  test(`the inline scripts and styles of ${path} run by their own hashes, and a changed one does not run`, async ({
    page,
    system,
  }) => {
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('violates')) refused.push(message.text());
    });
    const response = await page.goto(system.origins.web + path);
    const html = (await response?.text()) ?? '';
    const policy = response?.headers()['content-security-policy'] ?? '';
    const inline = Array.from(html.matchAll(/<(script|style)>(.+?)<\/\1>/gs), ([, , text = '']) => text);
    const hashes = inline.map((text) => `sha256-${createHash('sha256').update(text).digest('base64')}`);
    expect(inline.length).toBeGreaterThan(0);
    expect(policy.match(/sha256-[^']+/g)?.toSorted()).toEqual(hashes.toSorted());
    expect(refused).toEqual([]);

    await page.route(/\/$|\.html/, async (route) => {
      const body = html.replaceAll(/<(script|style)>/g, '<$1> ');
      await route.fulfill({ response: await route.fetch(), body });
    });
    await page.reload();
    await expect.poll(() => refused.length).toBe(inline.length);
  });
}

test('the callback page requests nothing before it has handed the response over', async ({ person }) => {
  const requests: string[] = [];
  await person.openApp();
  const popup = await person.clickSignIn();
  await person.enterPassword(popup);
  popup.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await Promise.all([popup.waitForEvent('close'), popup.getByTestId('provider-allow').click()]);
  await person.seesAccount();
  expect(requests.slice(requests.indexOf(WEB_PATHS.callback))).toEqual([WEB_PATHS.callback]);
});

test('injected scripts do not run, neither from HTML nor through the DOM', async ({ page, system }) => {
  const blocked = new Set<string>();
  page.on('console', (message) => {
    const [what] = /inline (script|event handler)|Trusted\w+/.exec(message.text()) ?? [];
    if (what) blocked.add(what);
  });
  await page.route(/\/$|\.html/, async (route) => {
    const response = await route.fetch();
    const body = `${await response.text()}<script>window.hacked = true</script><b onclick="window.hacked = true">x</b>`;
    await route.fulfill({ response, body });
  });
  const isHacked = () => page.evaluate(() => Reflect.has(window, 'hacked'));
  for (const path of ['/', WEB_PATHS.callback, WEB_PATHS.opening]) {
    await page.goto(system.origins.web + path);
    await page.locator('b').click();
    const refusals = await page.evaluate(() => {
      const injections = [
        () => (document.body.innerHTML = '<img src=x onerror="window.hacked = true">'),
        () => document.body.append(Object.assign(document.createElement('script'), { text: 'hacked = 1' })),
        () =>
          document.body.append(Object.assign(document.createElement('script'), { src: 'data:,hacked=1' })),
      ];
      return injections.map((inject) => {
        try {
          inject();
          return 'went through';
        } catch (error) {
          return error instanceof Error ? error.name : 'thrown';
        }
      });
    });
    expect(refusals).toEqual(['TypeError', 'TypeError', 'TypeError']);
    expect(await isHacked()).toBe(false);
  }
  expect([...blocked].toSorted()).toEqual([
    'TrustedHTML',
    'TrustedScript',
    'TrustedScriptURL',
    'inline event handler',
    'inline script',
  ]);
});

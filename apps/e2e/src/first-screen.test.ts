import type { Page } from '@playwright/test';
import { expect, test } from './system.ts';

/*
 * The page before React has loaded. The tests hold back a script, as a slow line would, and let it through later.
 */

/** The sign-in without React. */
const FIRST_SCRIPT = /\/assets\/index-/;
/** The script with React. */
const REACT = /\/assets\/hydrate-app-/;
const LANGUAGE = /\/assets\/en-/;
const ACCOUNT = /\/assets\/account-/;
/** The balance without React. */
const EARLY_BALANCE = /\/assets\/early-balance-/;

/** Holds back the requests for a script until the returned function is called. */
async function holdBack(page: Page, script: RegExp): Promise<() => void> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route(script, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** Waits until React has taken over. Its listeners replace those of the first script in the same task. */
async function seesReact(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    Object.keys(document.querySelector('#root') ?? {}).some((key) => key.startsWith('__reactContainer')),
  );
}

test('without React the button signs in, and the account appears when React arrives', async ({ person }) => {
  const letReactThrough = await holdBack(person.page, REACT);
  await person.openApp();
  await person.seesSignedOut();
  await expect(person.see('outdated-browser')).toBeHidden();
  const popup = await person.clickSignIn();
  const closed = popup.waitForEvent('close');
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await closed;
  await expect(person.page.locator('html')).toHaveAttribute('data-session', 'signed-in');

  letReactThrough();
  await person.seesAccount();
});

test('without React a pointer on the button prepares the transaction, and the click opens the provider directly', async ({
  person,
  context,
}) => {
  const visited: string[] = [];
  context.on('request', (request) => {
    if (request.isNavigationRequest()) visited.push(new URL(request.url()).pathname);
  });
  await holdBack(person.page, REACT);
  await person.openApp();
  await person.prepareSignIn();
  const popup = await person.clickSignIn();
  await popup.locator('[name=username]').waitFor();
  expect(visited).not.toContain('/oauth/opening.html');
});

test('React that arrives while the sign-in window is open shows the actions, and the window signs in', async ({
  person,
}) => {
  const letReactThrough = await holdBack(person.page, REACT);
  await person.openApp();
  const popup = await person.clickSignIn();
  await popup.locator('[name=username]').waitFor();
  letReactThrough();
  await expect(person.see('continue-here')).toBeVisible();
  await person.enterPassword(popup);
  await popup.getByTestId('provider-allow').click();
  await person.seesAccount();
});

test('the focus and a held key survive when React takes over, and the key opens one window', async ({
  person,
  context,
}) => {
  const letReactThrough = await holdBack(person.page, REACT);
  await person.openApp();
  const button = await person.see('sign-in').elementHandle();
  await person.page.keyboard.press('Tab');
  await expect(person.see('sign-in')).toBeFocused();
  await person.page.keyboard.down('Space');

  letReactThrough();
  await seesReact(person.page);
  expect(await button?.evaluate((element) => element.matches('#root :focus:active'))).toBe(true);
  const [popup] = await Promise.all([person.page.waitForEvent('popup'), person.page.keyboard.up('Space')]);
  await popup.locator('[name=username]').waitFor();
  await expect(person.see('continue-here')).toBeVisible();
  expect(context.pages()).toHaveLength(2);
});

test('a click before any script has loaded opens the window when the first one has', async ({
  person,
  system,
}) => {
  const letFirstScriptThrough = await holdBack(person.page, FIRST_SCRIPT);
  await person.page.goto(system.origins.web, { waitUntil: 'commit' });
  await person.see('sign-in').click();
  const opened = person.page.waitForEvent('popup');
  letFirstScriptThrough();
  const popup = await opened;
  await popup.locator('[name=username]').waitFor();
});

for (const [name, script] of [
  ['the first script', FIRST_SCRIPT],
  ['React', REACT],
  ['the language', LANGUAGE],
] as const) {
  test(`if ${name} cannot be loaded, a notice offers to load the page again`, async ({ person }) => {
    await person.page.route(script, (route) => route.abort());
    await person.openApp();
    await person.seesNotice('api_unreachable');
    await person.page.unroute(script);
    await person.see('try-again').click();
    await person.seesSignedOut();
    await person.signIn();
  });
}

for (const { browser, feature } of [
  { browser: 'Chrome 110', feature: 'color-mix(' },
  { browser: 'Safari 16.3', feature: '(width>=0)' },
]) {
  test(`${browser}, which lacks ${feature}, shows a notice that it is too old, even if it can run no script`, async ({
    page,
    system,
  }) => {
    await page.route(system.origins.web, async (route) => {
      const response = await route.fetch();
      const html = await response.text();
      expect(html).toContain(feature);
      await route.fulfill({
        contentType: 'text/html',
        body: html.replaceAll(feature, `unknown-${feature}`).replaceAll('<script', '<script type="unknown"'),
      });
    });
    await page.goto(system.origins.web);
    await expect(page.getByTestId('outdated-browser')).toBeVisible();
    await expect(page.getByTestId('outdated-browser')).toContainText('This browser is too old');
  });
}

test('an error of the server-side flow that arrives before React is shown when React arrives', async ({
  person,
  system,
}) => {
  const letReactThrough = await holdBack(person.page, REACT);
  await person.page.goto(`${system.origins.web}/?error=authorization_denied`);
  letReactThrough();
  await person.seesNotice('authorization_denied');
  await person.seesSignedOut();
});

test('a session that has ended before React arrives is shown as ended', async ({ person, context }) => {
  await person.openApp();
  await person.signIn();
  const [session] = (await context.cookies()).filter(({ name }) => name.startsWith('session'));
  await context.addCookies([{ ...session!, value: 'not-a-session' }]);
  const letReactThrough = await holdBack(person.page, REACT);
  await person.page.reload();
  letReactThrough();
  await person.seesSignedOut();
});

test('a visitor loads React after the first script, a signed-in user loads React and the account beside it', async ({
  person,
  system,
}) => {
  const requested: string[] = [];
  person.page.on('request', (request) => requested.push(new URL(request.url()).pathname));
  const isRequested = (script: RegExp) => requested.some((path) => script.test(path));

  const letThroughForVisitor = await holdBack(person.page, FIRST_SCRIPT);
  await person.page.goto(system.origins.web, { waitUntil: 'commit' });
  await expect(person.see('sign-in')).toBeVisible();
  await expect.poll(() => isRequested(FIRST_SCRIPT)).toBe(true);
  expect(isRequested(REACT)).toBe(false);
  letThroughForVisitor();
  await seesReact(person.page);
  expect(isRequested(ACCOUNT)).toBe(false);
  await person.signIn();

  await person.page.unroute(FIRST_SCRIPT);
  const letThroughForUser = await holdBack(person.page, FIRST_SCRIPT);
  requested.length = 0;
  await person.page.reload({ waitUntil: 'commit' });
  await expect.poll(() => isRequested(REACT) && isRequested(ACCOUNT)).toBe(true);
  letThroughForUser();
  await person.seesAccount();
});

test('after a reload, React takes over when it can render the account, in the language that was chosen meanwhile', async ({
  person,
}) => {
  const { page } = person;
  await person.openApp();
  await person.signIn();
  const letAccountThrough = await holdBack(page, ACCOUNT);
  const letReactThrough = await holdBack(page, REACT);
  const react = page.waitForResponse(REACT);
  await page.reload({ waitUntil: 'commit' });
  await expect(page.locator('html')).toHaveAttribute('data-session', 'signed-in');
  letReactThrough();
  await page.evaluate(async (url) => void (await import(url)), (await react).url());
  await expect(page.locator('#root')).toHaveAttribute('data-screen', 'restoring');
  await person.see('language').selectOption('ko');
  letAccountThrough();
  await person.seesAccount();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await expect(person.see('sign-out')).toHaveText('로그아웃');
});

test('after a reload the balance is shown without React, and React moves nothing of it', async ({
  person,
}) => {
  const { page } = person;
  /** The balance and its name, and where they are. */
  const balance = () =>
    page.locator('.figure dl').evaluate((list) =>
      Array.from(list.children, (element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const { visibility } = getComputedStyle(element);
        const names = element.getAttributeNames().toSorted();
        return { text: element.textContent, names, visibility, x, y, width, height };
      }),
    );

  await person.openApp();
  await person.signIn();
  await person.seesAccount();
  const [name, number] = await balance();
  expect(number?.text).toBe('750.00');
  const letReactThrough = await holdBack(page, REACT);
  await page.reload({ waitUntil: 'commit' });
  await expect(person.see('balance')).toBeVisible();
  await expect(page.locator('#root')).toHaveAttribute('data-screen', 'restoring');
  expect(await balance()).toEqual([name, number]);
  letReactThrough();
  await seesReact(page);
  await person.seesAccount();
  expect(await balance()).toEqual([name, number]);
});

test('the shapes of the account are painted after 200 ms, and the text of the sign-in window after 100 ms', async ({
  person,
  system,
}) => {
  /** The visibility just before a time of the animation, and at that time. */
  const visibilityAround = (selector: string, ms: number) =>
    person.page.evaluate(
      ([name, time]) => {
        const element = document.querySelector(name)!;
        // An animation that has ended is there, too, because its effect stays (`animation-fill-mode: both`).
        const [animation] = element.getAnimations();
        animation?.pause();
        return [time - 1, time].map((moment) => {
          if (animation) animation.currentTime = moment;
          return getComputedStyle(element).visibility;
        });
      },
      [selector, ms] as const,
    );

  await person.openApp();
  await person.signIn();
  await person.seesAccount();
  await holdBack(person.page, REACT);
  await holdBack(person.page, EARLY_BALANCE);
  await person.page.reload({ waitUntil: 'commit' });
  await person.page.locator('#root[data-screen="restoring"]').waitFor({ state: 'attached' });
  expect(await visibilityAround('#root', 200)).toEqual(['hidden', 'visible']);

  await person.page.goto(`${system.origins.web}/oauth/callback.html`);
  expect(await visibilityAround('main p', 100)).toEqual(['hidden', 'visible']);
});

const theme = (tab: Page) => tab.evaluate(() => getComputedStyle(document.documentElement).colorScheme);

test('a chosen theme is in every tab at once, before any script has loaded after a reload, and in the sign-in window', async ({
  person,
  system,
  context,
}) => {
  const { page } = person;
  await person.openApp();
  const otherTab = await context.newPage();
  await otherTab.goto(system.origins.web);
  expect(await theme(otherTab)).toBe('light');
  await person.see('theme').selectOption('dark');
  await expect.poll(() => theme(otherTab)).toBe('dark');
  await expect(otherTab.getByTestId('theme')).toHaveValue('dark');

  await Promise.all([FIRST_SCRIPT, REACT].map((script) => holdBack(page, script)));
  await page.reload({ waitUntil: 'commit' });
  await expect(person.see('theme')).toHaveValue('dark');
  expect(await theme(page)).toBe('dark');
  expect(await page.locator('meta[name="theme-color"]').getAttribute('content')).toBe('rgb(15, 17, 26)');
  await otherTab.goto(`${system.origins.web}/oauth/callback.html`);
  expect(await theme(otherTab)).toBe('dark');
});

test('the theme can be changed before any script has loaded, and React keeps the choice', async ({
  person,
  system,
}) => {
  const letThrough = await Promise.all([FIRST_SCRIPT, REACT].map((script) => holdBack(person.page, script)));
  await person.page.goto(system.origins.web, { waitUntil: 'commit' });
  await person.see('theme').selectOption('dark');
  await expect(person.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  for (const release of letThrough) release();
  await seesReact(person.page);
  await expect(person.see('theme')).toHaveValue('dark');
  await person.see('theme').selectOption('light');
  await expect(person.page.locator('html')).toHaveAttribute('data-theme', 'light');
});

for (const { locale, lang, text } of [
  { locale: 'en-US', lang: 'en', text: 'Sign in with AIHubMix' },
  { locale: 'ko-KR', lang: 'ko', text: 'AIHubMix로 로그인' },
  { locale: 'ja-JP', lang: 'ja', text: 'AIHubMixでログイン' },
  { locale: 'zh-CN', lang: 'zh-Hans', text: '使用 AIHubMix 登录' },
]) {
  test.describe(`in a browser with the language ${locale}`, () => {
    test.use({ locale });

    test(`the first screen is in ${locale} before any script has loaded, and nothing moves when React takes over`, async ({
      person,
      system,
    }) => {
      const { page } = person;
      const elements = () =>
        page.locator('#root *').evaluateAll((all) =>
          all.map((element) => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return [element.tagName, element.textContent, x, y, width, height];
          }),
        );
      const letThrough = await Promise.all([FIRST_SCRIPT, REACT].map((script) => holdBack(page, script)));
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 720 });
      }
      await page.goto(system.origins.web, { waitUntil: 'commit' });
      await expect(person.see('sign-in')).toHaveText(text);
      await person.seesSignedOut();
      expect(await page.locator('html').getAttribute('lang')).toBe(lang);
      const before = await elements();
      for (const release of letThrough) release();
      await seesReact(page);
      expect(await elements()).toEqual(before);
    });
  });
}

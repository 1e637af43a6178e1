import { expect, test } from './system.ts';

/* The languages of the app, of the sign-in window and of the provider, and the change of the language. */

const REACT = /\/assets\/hydrate-app-/;

for (const { locale, lang, title, button, password, opening } of [
  {
    locale: 'ja-JP',
    lang: 'ja',
    title: 'AIHubMixワンクリックログイン',
    button: 'AIHubMixでログイン',
    password: 'パスワード',
    opening: 'AIHubMixに接続しています…',
  },
  {
    locale: 'zh-CN',
    lang: 'zh-Hans',
    title: 'AIHubMix 一键登录',
    button: '使用 AIHubMix 登录',
    password: '密码',
    opening: '正在连接 AIHubMix…',
  },
]) {
  test.describe(`in a browser with the language ${locale}`, () => {
    test.use({ locale });

    test(`in a browser with the language ${locale} the app, the sign-in window and the provider are in it`, async ({
      person,
      system,
      context,
    }) => {
      await person.openApp();
      await expect(person.page.locator('html')).toHaveAttribute('lang', lang);
      await expect(person.page).toHaveTitle(title);
      await expect(person.see('sign-in')).toHaveText(button);
      const popup = await person.clickSignIn();
      await expect(popup.locator('html')).toHaveAttribute('lang', lang);
      await expect(popup.getByText(password, { exact: true })).toBeVisible();
      await person.enterPassword(popup);
      await popup.getByTestId('provider-allow').click();
      await person.seesAccount();

      const page = await context.newPage();
      await page.goto(`${system.origins.web}/oauth/opening.html`);
      await expect(page.getByText(opening)).toBeVisible();
    });
  });
}

test('a change of the language keeps the page, the focus and an open sign-in, and reaches the sign-in window', async ({
  person,
  system,
}) => {
  const { page } = person;
  await person.openApp();
  const popup = await person.clickSignIn();
  await popup.locator('[name=username]').waitFor();
  await expect(person.see('show-window')).toHaveText('Show the window');
  await page.evaluate(() => void Reflect.set(window, 'isSamePage', true));
  const requested: string[] = [];
  page.on('request', (request) => requested.push(new URL(request.url()).pathname));

  await person.see('language').focus();
  await person.see('language').selectOption({ label: '日本語' });
  await expect(person.see('show-window')).toHaveText('ウィンドウを表示');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(page).toHaveTitle('AIHubMixワンクリックログイン');
  await expect(person.see('language')).toBeFocused();
  expect(await page.evaluate(() => Reflect.get(window, 'isSamePage'))).toBe(true);
  // One language at a time.
  expect(requested.filter((path) => !/^\/assets\/(?:late-)?ja-[\w-]+\.js$/.test(path))).toEqual([]);

  await person.enterPassword(popup);
  const callback = popup.waitForURL(`${system.origins.web}/oauth/callback.html*`);
  await popup.getByTestId('provider-allow').click();
  await callback;
  await person.seesAccount();
  await expect(person.see('sign-out')).toHaveText('ログアウト');
  await expect(person.see('usage')).toContainText('1,000,000のうち250,000を使用済み');

  await page.goto(`${system.origins.web}/oauth/callback.html`);
  await expect(page.getByText('ここで完了できるログインはありません。')).toBeVisible();
  await page.goto(system.origins.web);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await person.seesAccount();
});

test('a change of the language before React has loaded is kept by React and after a reload', async ({
  person,
}) => {
  const { page } = person;
  const { promise: released, resolve: letReactThrough } = Promise.withResolvers<void>();
  await page.route(REACT, async (route) => {
    await released;
    await route.continue();
  });
  await person.openApp();
  await person.see('language').focus();
  await person.see('language').selectOption({ label: '简体中文' });
  await expect(person.see('sign-in')).toHaveText('使用 AIHubMix 登录');
  await expect(person.see('language')).toBeFocused();
  letReactThrough();
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('#root')?.dataset['screen'] === undefined,
  );
  await expect(person.see('sign-in')).toHaveText('使用 AIHubMix 登录');
  await expect(person.see('language')).toBeFocused();
  await expect(person.see('language')).toHaveValue('zh-Hans');

  await page.unroute(REACT);
  await page.route(/\/assets\//, (route) => route.abort());
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await expect(page).toHaveTitle('AIHubMix 一键登录');
});

test('a browser that refuses storage changes the language until the page is left', async ({ person }) => {
  await person.page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('refused', 'SecurityError');
      },
    });
  });
  await person.openApp();
  await person.see('language').selectOption({ label: '한국어' });
  await expect(person.see('sign-in')).toHaveText('AIHubMix로 로그인');
  await person.page.reload();
  await expect(person.see('sign-in')).toHaveText('Sign in with AIHubMix');
});

test('if the texts of a language cannot be loaded, the page says so and keeps its language', async ({
  person,
}) => {
  await person.openApp();
  await expect(person.page.locator('#root:not([data-screen])')).toBeVisible();
  await person.page.route(/\/assets\/(?:late-)?ja-/, (route) => route.abort());
  await person.see('language').selectOption({ label: '日本語' });
  await expect(person.page.getByRole('alert')).toContainText('Check your internet connection');
  await expect(person.see('language')).toHaveValue('en');
  await expect(person.see('sign-in')).toHaveText('Sign in with AIHubMix');
});

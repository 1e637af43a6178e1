import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test as base } from '@playwright/test';
import { signIn } from '@oneclick/sign-in/vite';
import { inWorkspace } from '@oneclick/stack/workspace';
import { preview } from 'vite';

/* The built app, configured for a deployment by the program that the build ships. No API runs, because nobody signs in. */

const NAME = 'Acme <Pay> 🎈';
const LIGHT = { colorScheme: 'light', accent: 'rgb(180, 64, 15)', onAccent: 'rgb(255, 255, 255)' } as const;
const DARK = { colorScheme: 'dark', accent: 'rgb(255, 157, 102)', onAccent: 'rgb(0, 0, 0)' } as const;

const test = base.extend<{ origin: string }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
  origin: async ({}, use, testInfo) => {
    // Apart from the workspace: the program finds the build beside it, and no package.
    const folder = testInfo.outputPath();
    for (const part of ['dist', 'dist-headers']) {
      cpSync(inWorkspace(`apps/web/${part}`), `${folder}/build/${part}`, { recursive: true });
    }
    writeFileSync(
      `${folder}/logo.svg`,
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 9 4 0l5 9z" fill="#b4400f"/></svg>',
    );
    execFileSync(process.execPath, [`${folder}/build/dist-headers/configure.mjs`, folder], {
      env: {
        BRAND_NAME: NAME,
        BRAND_LOGO: `${folder}/logo.svg`,
        BRAND_ACCENT: '#b4400f',
        BRAND_ACCENT_DARK: '#ff9d66',
        BRAND_TERMS_URL: 'https://acme.example/{language}/terms',
        BRAND_HELP_URL: 'https://acme.example/help',
        LANGUAGES: 'ko,en',
      },
    });
    const server = await preview({
      configFile: false,
      plugins: [signIn()],
      build: { outDir: `${folder}/dist` },
      preview: { port: 0 },
    });
    const address = server.httpServer.address();
    await use(`http://localhost:${typeof address === 'object' ? address?.port : ''}`);
    await server.close();
  },
});

/** Only the contrast: the tests of the stories run all rules on the same screens. */
async function expectEnoughContrast(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast']).analyze();
  expect(violations.flatMap(({ nodes }) => nodes.map(({ html }) => html))).toEqual([]);
}

test('without JavaScript a configured app has its name and its links', async ({ origin, browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(origin);
  await expect(page).toHaveTitle(NAME);
  await expect(page.locator('header.brand span')).toHaveText(NAME);
  await expect(page.locator('header.brand')).toBeInViewport();
  await expect(page.getByRole('link')).toHaveText(['이용약관', '도움말']);
  await context.close();
});

test('a configured app has its brand with React, in both themes, in another language and in the sign-in window', async ({
  origin,
  page,
}) => {
  const errors: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  page.on('pageerror', (error) => void errors.push(error.message));
  const button = page.getByTestId('sign-in');

  await page.goto(origin);
  // React takes this attribute away when it has taken over.
  await expect(page.locator('#root')).not.toHaveAttribute('data-screen');
  for (const { colorScheme, accent, onAccent } of [LIGHT, DARK]) {
    await page.emulateMedia({ colorScheme });
    await expect(button).toHaveCSS('background-color', accent);
    await expect(button).toHaveCSS('color', onAccent);
    await expectEnoughContrast(page);
  }
  await expect(page.getByRole('link')).toHaveText(['Terms', 'Help']);

  await page.getByTestId('language').selectOption('한국어');
  await expect(button).toHaveText('AIHubMix로 로그인');
  await expect(page.getByTestId('language').getByRole('option')).toHaveText(['English', '한국어']);
  await expect(page.getByRole('link', { name: '이용약관' })).toHaveAttribute('href', /\/ko\/terms$/);
  await expect(page).toHaveTitle(NAME);
  await expect(page.getByText(NAME)).toBeVisible();

  await page.goto(`${origin}/oauth/opening.html`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await expect(page).toHaveTitle(NAME);
  await expect(page.locator('.spinner')).toHaveCSS('border-top-color', DARK.accent);
  expect(errors).toEqual([]);
});

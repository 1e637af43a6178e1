import { expect, test as base } from '@playwright/test';
import { inWorkspace } from '@oneclick/stack/workspace';
import getPort from 'get-port';
import { createServer } from 'vite';

/* `pnpm gallery`: the server and its addresses. The stories themselves are tested in apps/web. */

const test = base.extend<{ gallery: string }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
  gallery: async ({}, use) => {
    const port = await getPort();
    const configFile = inWorkspace('apps/web/vite.gallery.config.ts');
    const server = await createServer({ configFile, logLevel: 'warn', server: { port } });
    await server.listen();
    await use(`http://127.0.0.1:${port}`);
    await server.close();
  },
});

test('an address of the gallery opens a state in a language, a theme and a width, and each choice changes the address', async ({
  page,
  gallery,
}) => {
  const frame = page.frameLocator('iframe');
  const root = frame.locator('html');
  const isNarrow = () => root.evaluate(() => matchMedia('(width: 320px)').matches);

  await page.goto(`${gallery}/?story=account-offline&language=ko&theme=dark&width=320`);
  await expect(frame.getByTestId('notice')).toHaveAttribute('data-code', 'offline', { timeout: 30_000 });
  await expect(root).toHaveAttribute('lang', 'ko');
  await expect(root).toHaveAttribute('data-theme', 'dark');
  expect(await isNarrow()).toBe(true);

  await page.getByLabel('Theme').selectOption('light');
  await page.waitForURL('**/?story=account-offline&language=ko&theme=light&width=320');
  await page.getByRole('link', { name: 'window-unanswered', exact: true }).click();
  await page.waitForURL('**/?story=window-unanswered&language=ko&theme=light&width=320');
  await expect(frame.getByRole('button')).toHaveText('여기에서 로그인 마치기', { timeout: 30_000 });
  await expect(root).toHaveAttribute('data-theme', 'light');
  expect(await isNarrow()).toBe(true);
});

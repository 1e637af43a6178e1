import axe from 'axe-core';
import { afterEach, expect, test, vi } from 'vitest';
import { commands, page, userEvent } from 'vitest/browser';
import '../design/app.css';
import { useSceneApi } from '../testing/scene-api.ts';
import { $locale } from '../texts/texts.ts';
import { openScene, type Scene } from './open-scene.tsx';
import { scenes } from './scenes.ts';

/*
 * Each scene in two looks that have nothing in common: what holds in both holds in between. With `--mode pictures`
 * there are two more, and a picture of each in the folder `pictures`.
 */

const TAKES_PICTURES = import.meta.env.MODE === 'pictures';

const LOOKS = [
  { name: 'desktop-light', width: 1024, locale: 'en', colorScheme: 'light' },
  { name: '320-dark-ko', width: 320, locale: 'ko', colorScheme: 'dark' },
  ...(TAKES_PICTURES
    ? ([
        { name: '320-light', width: 320, locale: 'en', colorScheme: 'light' },
        { name: 'desktop-dark-ko', width: 1024, locale: 'ko', colorScheme: 'dark' },
        // What a zoom of 200 % leaves of 1024 pixels, in the colours of a person's own choice.
        { name: '512-forced', width: 512, locale: 'en', colorScheme: 'dark', forcedColors: 'active' },
      ] as const)
    : []),
] as const;

type Look = (typeof LOOKS)[number];

const HEIGHT = 800;

const use = useSceneApi();

let close = () => {};
afterEach(() => close());

test.each(scenes)('$name', async (scene) => {
  const root = await show(scene);
  const { says = '', ...shows } = scene.shows;
  await vi.waitFor(() => expect(whatIsShown(root)).toEqual(shows), { timeout: 5_000 });
  expect(root.innerText).toContain(says);
  // Some screen readers pass over all of what is busy.
  expect(root.querySelectorAll('[aria-busy="true"] button')).toHaveLength(0);

  for (const look of LOOKS) {
    await dress(look);
    if (TAKES_PICTURES) await takePicture(`${scene.name}.${look.name}`, look);
    expect(whatIsShown(root)).toEqual(shows);
    expect(await whatAxeFinds(look)).toEqual([]);
    expect(document.documentElement.scrollWidth, `${look.name}: nothing is cut off`).toBe(look.width);
  }
});

test('the focus goes on to the screen that has come, and Tab to its first button', async () => {
  const scene = scenes.find(({ name }) => name === 'account-stale-provider-down')!;
  await show(scene);
  await page.getByTestId('sign-out').click();
  expect(document.activeElement?.textContent).toBe('Sign in with AIHubMix');
  await userEvent.keyboard('{Tab}');
  expect(document.activeElement).toBe(page.getByTestId('sign-in').element());
});

test('every scene has a name of its own', () => {
  expect(new Set(scenes.map(({ name }) => name)).size).toBe(scenes.length);
});

async function show(scene: Scene): Promise<HTMLElement> {
  await dress(LOOKS[0]);
  const root = document.createElement('div');
  root.id = 'root';
  document.body.replaceChildren(root);
  ({ close } = await openScene(scene, { root, use }));
  return root;
}

async function dress({ width, locale, ...media }: Look): Promise<void> {
  $locale.set(locale);
  await commands.emulateMedia({ forcedColors: 'none', ...media });
  await page.viewport(width, HEIGHT);
}

function whatIsShown(root: Element): object {
  const notice = root.querySelector<HTMLElement>('[data-testid="notice"]');
  const quote = Array.from(root.querySelectorAll('.quote code'), (code) => code.textContent).join(' ');
  const buttons = Array.from(root.querySelectorAll('button'));
  return {
    session: document.documentElement.dataset['session'],
    ...(notice && { notice: notice.dataset['code'] }),
    ...(quote && { quote }),
    offers: buttons
      .filter((button) => !button.disabled && button.ariaDisabled !== 'true')
      .map((button) => button.dataset['testid']),
  };
}

async function whatAxeFinds(look: Look): Promise<string[]> {
  // Forced colours are the person's own, and axe reads those that they take the place of.
  const rules = { 'color-contrast': { enabled: !('forcedColors' in look) } };
  const { violations } = await axe.run(document, { resultTypes: ['violations'], rules });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

async function takePicture(name: string, { width }: { width: number }): Promise<void> {
  // The whole page, however long it is. A higher window may make it longer.
  for (let height = 0; height < document.documentElement.scrollHeight;) {
    height = document.documentElement.scrollHeight;
    await page.viewport(width, height);
  }
  await page.screenshot({ path: `../../pictures/${name}.png` });
}

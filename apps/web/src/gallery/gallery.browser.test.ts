import { LOCALES } from '@oneclick/shared/languages';
import axe from 'axe-core';
import { afterEach, expect, test, vi } from 'vitest';
import { commands, page, userEvent } from 'vitest/browser';
import { fitViewport } from './fit-viewport.ts';
import { type OpenStory, openStory, type Story } from './open-story.tsx';
import { stories } from './stories.ts';
import { translatePage } from './translate-page.ts';
import { useApiWorker } from './use-api-worker.ts';
import { whatIsShown } from './what-is-shown.ts';

/*
 * Each story in two appearances that differ in everything: width, language and colours. With `--mode pictures` in three
 * more, and each one is saved as an image in the folder `pictures`.
 */

const TAKES_PICTURES = import.meta.env.MODE === 'pictures';

const APPEARANCES = [
  { name: 'desktop-light', width: 1280, locale: 'en', colorScheme: 'light' },
  { name: '320-dark-ko', width: 320, locale: 'ko', colorScheme: 'dark' },
  ...(TAKES_PICTURES
    ? ([
        { name: '320-light', width: 320, locale: 'en', colorScheme: 'light' },
        { name: 'desktop-dark-ko', width: 1280, locale: 'ko', colorScheme: 'dark' },
        // 1280 px at a zoom of 200 %, in the forced colours of the user.
        { name: '640-forced', width: 640, locale: 'en', colorScheme: 'dark', forcedColors: 'active' },
      ] as const)
    : []),
] as const;

type Appearance = (typeof APPEARANCES)[number];

const HEIGHT = 800;

const use = useApiWorker();

let story: OpenStory | undefined;
afterEach(() => story?.close());

test.each(stories)('$name', async (described) => {
  const element = await open(described);
  const { says = '', ...shows } = described.shows;
  await vi.waitFor(() => expect(whatIsShown(element)).toEqual(shows), { timeout: 5_000 });
  expect(element.innerText).toContain(says);
  // Some screen readers skip everything in a busy element.
  expect(element.querySelectorAll('[aria-busy="true"] button:not([hidden])')).toHaveLength(0);

  for (const appearance of APPEARANCES) {
    await setAppearance(appearance);
    if (TAKES_PICTURES) await takePicture(`${described.name}.${appearance.name}`, appearance);
    expect(whatIsShown(element)).toEqual(shows);
    expect(await axeViolations(appearance)).toEqual([]);
    expect(document.documentElement.scrollWidth, `${appearance.name}: nothing is cut off`).toBe(
      appearance.width,
    );
  }

  await page.viewport(320, HEIGHT);
  for (const locale of LOCALES) {
    story?.showIn(locale);
    expect(document.documentElement.scrollWidth, `320 px, ${locale}: nothing is cut off`).toBe(320);
  }
  const restoreTexts = replaceTexts(element, 'Rindfleischetikettierungsüberwachungsaufgaben');
  expect(document.documentElement.scrollWidth, '320 px: long words of other languages fit').toBe(320);
  restoreTexts();
  story?.showIn('ko');

  // Each text that the app shows can still change. The codes and names of the user are not translated, and a text with a
  // language of its own is the same in each language of the app.
  translatePage(element);
  story?.showIn('en');
  const unchanged = Array.from(element.querySelectorAll('font:not([lang] font)'), (font) => font.textContent);
  expect(unchanged, 'texts that stay as the browser has translated them').toEqual([]);
  expect(whatIsShown(element)).toEqual(shows);
});

test('the focus moves to the title of the next screen, and Tab to its first button', async () => {
  await open(stories.find(({ name }) => name === 'account-stale-provider-down')!);
  await page.getByTestId('sign-out').click();
  expect(document.activeElement?.textContent).toBe('Sign in with AIHubMix');
  await userEvent.keyboard('{Tab}');
  expect(document.activeElement).toBe(page.getByTestId('sign-in').element());
});

test('the name of each story is unique', () => {
  expect(new Set(stories.map(({ name }) => name)).size).toBe(stories.length);
});

async function open(described: Story): Promise<HTMLElement> {
  const element = document.createElement('div');
  element.id = 'root';
  document.body.replaceChildren(element);
  story = undefined;
  await setAppearance(APPEARANCES[0]);
  story = await openStory(described, { element, locale: APPEARANCES[0].locale, use });
  return element;
}

async function setAppearance({ width, locale, ...media }: Appearance): Promise<void> {
  story?.showIn(locale);
  await commands.emulateMedia({ forcedColors: 'none', ...media });
  await page.viewport(width, HEIGHT);
}

async function axeViolations(appearance: Appearance): Promise<string[]> {
  // With forced colours the user chooses the colours, and axe would check the ones that they replace.
  const rules = { 'color-contrast': { enabled: !('forcedColors' in appearance) } };
  const { violations } = await axe.run(document, { resultTypes: ['violations'], rules });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Shows another text in place of each one, apart from names and codes. Returns the undo. */
function replaceTexts(element: Element, replacement: string): () => void {
  const texts = new Map<Text, string>();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const isName = node.parentElement?.closest('[translate="no"]');
    if (node instanceof Text && node.data.trim() !== '' && !isName) texts.set(node, node.data);
  }
  for (const text of texts.keys()) text.data = replacement;
  return () => texts.forEach((data, text) => (text.data = data));
}

async function takePicture(name: string, { width }: { width: number }): Promise<void> {
  await fitViewport(width);
  await page.screenshot({ path: `../../pictures/${name}.png` });
}

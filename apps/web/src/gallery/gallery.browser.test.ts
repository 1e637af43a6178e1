import { LOCALES } from '@oneclick/shared/languages';
import { answer } from '@oneclick/sign-in/test/answers.ts';
import axe from 'axe-core';
import { afterEach, expect, test, vi } from 'vitest';
import { commands, page, userEvent } from 'vitest/browser';
import { focusFaults, forcedColorFaults, motionFaults } from './control-faults.ts';
import { fitViewport } from './fit-viewport.ts';
import { insertElements } from './insert-elements.ts';
import { type OpenStory, openStory, type Story } from './open-story.tsx';
import { recordLayoutShifts } from './record-layout-shifts.ts';
import { stories } from './stories.ts';
import { textLayoutFaults } from './text-layout-faults.ts';
import { translatePage } from './translate-page.ts';
import { useApiWorker } from './use-api-worker.ts';
import { whatIsShown } from './what-is-shown.ts';

/*
 * Each story is opened once, and then shown in three appearances that differ in everything. With `--mode pictures`, each is
 * saved as an image in the folder `pictures`, in two more appearances, too.
 */

const TAKES_PICTURES = import.meta.env.MODE === 'pictures';

const APPEARANCES = [
  { name: 'desktop-light', width: 1280, height: 800, locale: 'en', colorScheme: 'light' },
  ...(TAKES_PICTURES
    ? ([
        { name: '320-light', width: 320, height: 480, locale: 'en', colorScheme: 'light' },
        { name: 'desktop-dark-ko', width: 1280, height: 800, locale: 'ko', colorScheme: 'dark' },
      ] as const)
    : []),
  // A window of 1280 × 1024 at a zoom of 200 %, and at 400 % (WCAG 1.4.4 and 1.4.10).
  {
    name: '640-forced',
    width: 640,
    height: 512,
    locale: 'en',
    colorScheme: 'dark',
    forcedColors: 'active',
    reducedMotion: 'reduce',
  },
  { name: '320-dark-ko', width: 320, height: 256, locale: 'ko', colorScheme: 'dark' },
] as const;

type Appearance = (typeof APPEARANCES)[number];

/** The distances that a user may set (WCAG 1.4.12). */
const textSpacing = new CSSStyleSheet();
textSpacing.replaceSync(`
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }
`);

const use = useApiWorker();

let story: OpenStory | undefined;
afterEach(() => story?.close());

test.each(stories)('$name', async (described) => {
  const { element, stopRecording } = await open(described);
  const { says = '', ...shows } = described.shows;
  await vi.waitFor(
    () => {
      expect(whatIsShown(element)).toEqual(shows);
      expect(element.innerText).toContain(says);
    },
    { timeout: 5_000 },
  );
  const shifts = shows.session === 'signed-in' ? await stopRecording() : [];
  expect(shifts, 'nothing moves').toEqual([]);
  // Some screen readers skip everything in a busy element.
  expect(element.querySelectorAll('[aria-busy="true"] button:not([hidden])')).toHaveLength(0);

  for (const appearance of APPEARANCES) {
    // The first one is that of the opening.
    if (appearance !== APPEARANCES[0]) await setAppearance(appearance);
    if (TAKES_PICTURES) await takePicture(described, appearance);
    expect(await faultsIn(element, appearance), `as ${appearance.name}`).toEqual([]);
  }

  document.adoptedStyleSheets.push(textSpacing);
  expect(textLayoutFaults(element), '320 px, with text spacing').toEqual([]);
  document.adoptedStyleSheets.pop();
  for (const locale of LOCALES.filter((other) => other !== 'ko')) {
    story?.showIn(locale);
    expect(textLayoutFaults(element), `320 px, ${locale}`).toEqual([]);
  }
  const restoreTexts = replaceTexts(element, 'Rindfleischetikettierungsüberwachungsaufgaben');
  expect(textLayoutFaults(element), '320 px, with long words of other languages').toEqual([]);
  restoreTexts();
  expect(whatIsShown(element)).toEqual(shows);
  story?.showIn('ko');

  // Each text that the app shows can still change. The codes and names of the user are not translated, and a text with a
  // language of its own is the same in each language of the app.
  translatePage(element);
  story?.showIn('en');
  const unchanged = Array.from(element.querySelectorAll('font:not([lang] font)'), (font) => font.textContent);
  expect(unchanged, 'texts that stay as the browser has translated them').toEqual([]);
  expect(whatIsShown(element)).toEqual(shows);
});

test('on the screen of a small phone, the notice covers no control that has the focus', async () => {
  const { element } = await open(stories.find(({ name }) => name === 'account-stale-provider-down')!);
  await page.viewport(320, 480);
  for (const locale of LOCALES) {
    story?.showIn(locale);
    expect(focusFaults(element), `in ${locale}`).toEqual([]);
  }
});

test('the focus moves to the title of the next screen, and Tab to its first button', async () => {
  const stale = stories.find(({ name }) => name === 'account-stale-provider-down')!;
  const start = vi.fn<() => Response>(answer.start);
  await open({ ...stale, answers: { ...stale.answers, start } });
  await page.getByTestId('sign-out').click();
  expect(document.activeElement?.textContent).toBe('Sign in with AIHubMix');
  await userEvent.keyboard('{Tab}');
  expect(document.activeElement).toBe(page.getByTestId('sign-in').element());
  // The focus prepares the sign-in. Its request must not reach the next test.
  await vi.waitFor(() => expect(start).toHaveBeenCalled());
});

test('after the window was closed, "Cancel" moves the focus to the title, and Tab to its first button', async () => {
  const windowLost = stories.find(({ name }) => name === 'window-lost')!;
  await open({ ...windowLost, answers: { exchangeToken: 'never' } });
  await expect.element(page.getByTestId('notice')).toBeInTheDocument();
  page.getByTestId('cancel-sign-in').element().focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByTestId('cancel-sign-in')).not.toBeInTheDocument();
  expect(document.activeElement?.textContent).toBe('Sign in with AIHubMix');
  await userEvent.keyboard('{Tab}');
  expect(document.activeElement).toBe(page.getByTestId('sign-in').element());
});

test('"Try again" disappears while it tries, and moves the focus to the title', async () => {
  const failed = stories.find(({ name }) => name === 'restoring-provider-down')!;
  await open({
    ...failed,
    act: async ({ find, setAnswers }) => {
      await find('try-again');
      setAnswers({ session: 'never' });
    },
  });
  page.getByTestId('try-again').element().focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByTestId('try-again')).not.toBeInTheDocument();
  expect(document.activeElement?.textContent).toBe('Restoring your session…');
});

test('the check marks before the points of the sign-in screen have no text for screen readers', async () => {
  await open(stories.find(({ name }) => name === 'signed-out')!);
  const point = document.querySelector('.points li')!;
  expect(getComputedStyle(point, '::before').content).toBe('"✓" / ""');
});

test('extensions that replace texts and insert elements break no change of the screen', async () => {
  const account = stories.find(({ name }) => name === 'account')!;
  const { element } = await open({ ...account, answers: { ...account.answers, exchangeToken: 'never' } });
  const steps = [
    { press: 'refresh-balance', shows: 'Your account' },
    { press: 'sign-out', shows: 'Sign in with AIHubMix' },
    { press: 'sign-in', shows: 'Continue in the AIHubMix window' },
    { press: 'cancel-sign-in', shows: 'Sign in with AIHubMix' },
  ];
  for (const { press, shows } of steps) {
    translatePage(element);
    insertElements(document.documentElement);
    await page.getByTestId(press).click();
    await expect.poll(() => element.querySelector('h1')?.innerText).toContain(shows);
  }
});

test('the name of each story is unique', () => {
  expect(new Set(stories.map(({ name }) => name)).size).toBe(stories.length);
});

async function open(described: Story) {
  const element = document.createElement('div');
  element.id = 'root';
  document.body.replaceChildren(element);
  story = undefined;
  await setAppearance(APPEARANCES[0]);
  const recorded = recordLayoutShifts();
  story = await openStory(described, { element, locale: APPEARANCES[0].locale, use });
  return { element, stopRecording: recorded.stop };
}

async function setAppearance({ width, height, locale, ...media }: Appearance): Promise<void> {
  story?.showIn(locale);
  await Promise.all([
    commands.emulateMedia({ forcedColors: 'none', reducedMotion: 'no-preference', ...media }),
    page.viewport(width, height),
  ]);
}

async function faultsIn(element: Element, appearance: Appearance): Promise<string[]> {
  const isForced = 'forcedColors' in appearance;
  return [
    ...(await axeViolations(
      isForced
        ? // The user chooses the colours, and axe would check the ones that they replace.
          { rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: true } } }
        : // The other rules find the same in each appearance.
          { runOnly: ['color-contrast', 'target-size'] },
    )),
    ...focusFaults(element),
    ...textLayoutFaults(element),
    ...(isForced ? [...forcedColorFaults(element), ...motionFaults(element)] : []),
  ];
}

async function axeViolations(options: axe.RunOptions): Promise<string[]> {
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...options });
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

async function takePicture(described: Story, { name, width, height }: Appearance): Promise<void> {
  await fitViewport(width);
  await page.screenshot({ path: `../../pictures/${described.name}.${name}.png` });
  await page.viewport(width, height);
}

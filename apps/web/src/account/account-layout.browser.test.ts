import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { type OpenStory, openStory } from '../gallery/open-story.tsx';
import { nextFrames, recordLayoutShifts } from '../gallery/record-layout-shifts.ts';
import { stories } from '../gallery/stories.ts';
import { useApiWorker } from '../gallery/use-api-worker.ts';

/* The tests of the gallery record the layout shifts of each story. Here: the recording itself, and the skeletons. */

const WIDTHS = [320, 1280];

const use = useApiWorker();
let story: OpenStory | undefined;
afterEach(() => story?.close());

async function open(name: string): Promise<HTMLElement> {
  const described = stories.find((known) => known.name === name)!;
  const { session, notice, says = '' } = described.shows;
  const element = document.createElement('div');
  element.id = 'root';
  document.body.replaceChildren(element);
  story?.close();
  story = await openStory(described, { element, locale: 'en', use });
  await vi.waitFor(
    () => {
      expect(document.documentElement.dataset['session']).toBe(session);
      expect(element.querySelector<HTMLElement>('[data-testid="notice"]')?.dataset['code']).toBe(notice);
      expect(element.innerText).toContain(says);
    },
    { timeout: 5_000 },
  );
  return element;
}

test('an element that moves is recorded as a layout shift', async () => {
  const element = await open('account');
  await nextFrames();
  const recorded = recordLayoutShifts();
  element.prepend('moved down');
  expect(await recorded.stop()).not.toEqual([]);
});

const boxes = (element: HTMLElement, selectors: string[]) =>
  selectors.map((selector) => {
    const { top, left, width, height } = element.querySelector(selector)!.getBoundingClientRect();
    return { selector, top, left, width, height };
  });

for (const width of WIDTHS) {
  test(`at ${width} px the skeletons have the size of the account, and the buttons their place`, async () => {
    await page.viewport(width, 800);
    const parts = ['.card', '.head', '.figure', '.usage', '.facts'];
    const controls = [
      '[data-testid="refresh-balance"]',
      '[data-testid="top-up"]',
      '[data-testid="sign-out"]',
    ];
    const restoring = boxes(await open('restoring'), parts);
    const loading = await open('account-loading');
    const [loadingParts, loadingControls] = [boxes(loading, parts), boxes(loading, controls)];
    const account = await open('account');
    expect(restoring).toEqual(boxes(account, parts));
    expect(loadingParts).toEqual(boxes(account, parts));
    expect(loadingControls).toEqual(boxes(account, controls));
  });
}

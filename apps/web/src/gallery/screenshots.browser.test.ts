import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { commands, page } from 'vitest/browser';
import blocksUrl from './blocks.ttf?url';
import { fitViewport } from './fit-viewport.ts';
import { type OpenStory, openStory } from './open-story.tsx';
import { recordLayoutShifts } from './record-layout-shifts.ts';
import { stories } from './stories.ts';
import { useApiWorker } from './use-api-worker.ts';
import { whatIsShown } from './what-is-shown.ts';

/*
 * Each story beside its picture in the folder `screenshots`: narrow, and for one story of each kind also wide and dark.
 * Two machines draw text and shadows differently. So here every character is a block of one size (blocks.ttf), and
 * nothing has a shadow. The pictures show where each text is, how long it is and which colour it has.
 */

/** Stories whose screens differ in more than their texts. */
const ALSO_WIDE = new Set([
  'restoring',
  'restoring-api-gone',
  'signed-out',
  'signed-out-framed',
  'waiting-for-provider',
  'window-lost',
  'exchanging-code',
  'account-loading',
  'account',
  'account-stale-provider-down',
  'account-long-names',
  'ended-session-expired',
  'not-loaded',
  'window-working',
  'window-unanswered',
]);

const use = useApiWorker();

const blocks = new FontFace('Blocks', await (await fetch(blocksUrl)).arrayBuffer());
document.fonts.add(await blocks.load());
const onlyBlocks = new CSSStyleSheet();
onlyBlocks.replaceSync(`* {
  font-family: Blocks !important;
  font-synthesis: none !important;
  box-shadow: none !important;
}`);

let story: OpenStory | undefined;
beforeEach(() => {
  // Screens show the time and dates. The clock runs, because two updates of the balance have different times.
  vi.useFakeTimers({
    toFake: ['Date'],
    now: new Date('2026-02-03T10:20:30Z'),
    shouldAdvanceTime: true,
    advanceTimeDelta: 1,
  });
});
afterEach(() => {
  story?.close();
  story = undefined;
  vi.useRealTimers();
});

test.each(stories)('$name looks as in its picture', async (described) => {
  const element = document.createElement('div');
  element.id = 'root';
  document.body.replaceChildren(element);
  await page.viewport(320, 480);
  await commands.emulateMedia({ colorScheme: 'light', forcedColors: 'none' });
  const recorded = recordLayoutShifts();
  story = await openStory(described, { element, locale: 'en', use });
  const shifts = described.shows.session === 'signed-in' ? await recorded.stop() : [];
  expect(shifts, 'nothing moves').toEqual([]);
  document.adoptedStyleSheets.push(onlyBlocks);
  const { says = '', ...shows } = described.shows;
  await vi.waitFor(
    () => {
      expect(whatIsShown(element)).toEqual(shows);
      expect(element.innerText).toContain(says);
    },
    { timeout: 5_000 },
  );
  await fitViewport(320);
  await expect(element).toMatchScreenshot(`${described.name}-narrow`);

  if (!ALSO_WIDE.has(described.name)) return;
  await commands.emulateMedia({ colorScheme: 'dark', forcedColors: 'none' });
  await page.viewport(640, 480);
  await fitViewport(640);
  await expect(element).toMatchScreenshot(`${described.name}-wide-dark`);
});

import type { Locale } from '@oneclick/shared/languages';
import {
  CALLBACK_TEXTS,
  LATE_CALLBACK_TEXTS,
  OPENING_TEXTS,
  showOnPage,
} from '@oneclick/sign-in/test/internals-for-stories.ts';
import { Page } from '../app.tsx';
import { NotLoadedScreen } from '../screens/not-loaded-screen.tsx';
import type { Story } from './open-story.tsx';
import type { WindowPage } from './window-page.ts';

/* The states in which a user sees no React: the app has not loaded, and the two pages of the sign-in window. */

const screen = (
  <Page>
    <NotLoadedScreen />
  </Page>
);
const shows = {
  session: 'signed-out',
  notice: 'api_unreachable',
  offers: ['try-again'],
} satisfies Story['shows'];

export const notLoaded: Story[] = [
  { name: 'not-loaded', screen, shows },
  {
    name: 'not-loaded-below-a-path',
    screen,
    // As choose-first-screen.ts does where the app is not at the root of its origin.
    act: async ({ find }) => void ((await find('not-at-root')).hidden = false),
    shows: { ...shows, says: 'it must be at the root of its origin' },
  },
];

type PageState<Text extends string> = { name: string; text: Text; isBusy?: true; button?: Text };

function windowStories<Text extends string>(
  page: WindowPage,
  texts: Record<Locale, Record<Text, string>>,
  states: PageState<Text>[],
): Story[] {
  return states.map(({ name, text, isBusy = false, button }) => ({
    name: `window-${name}`,
    windowPage: {
      page,
      show(locale) {
        const action = button && { text: texts[locale][button], run: () => undefined };
        showOnPage(texts[locale][text], { isBusy, ...(action && { action }) });
      },
    },
    shows: { offers: button ? ['button'] : [], says: texts.en[text] },
  }));
}

export const signInWindow: Story[] = [
  ...windowStories('opening', OPENING_TEXTS, [
    { name: 'connecting', text: 'connecting', isBusy: true },
    { name: 'nothing-happens', text: 'nothingHappens', button: 'home' },
  ]),
  ...windowStories('callback', CALLBACK_TEXTS, [
    { name: 'working', text: 'working', isBusy: true },
    { name: 'done', text: 'done' },
    { name: 'denied', text: 'denied' },
    { name: 'cancelled', text: 'cancelled' },
  ]),
  ...windowStories('callback', LATE_CALLBACK_TEXTS, [
    { name: 'ended', text: 'ended', button: 'home' },
    { name: 'unanswered', text: 'unanswered', button: 'finish' },
    { name: 'gone-on', text: 'goneOn', button: 'finish' },
    { name: 'nothing-to-finish', text: 'nothing', button: 'home' },
    { name: 'cookies-blocked', text: 'cookiesBlocked', button: 'home' },
  ]),
];

import { THEME_KEY } from '@oneclick/shared/theme-key';
import { setupWorker } from 'msw/browser';
import { showTheme } from '../appearance/theme.ts';
import { chosenBy } from './chosen.ts';
import { openStory } from './open-story.tsx';

/* The page in the frame: one story, with msw in the place of the API. */

// Two tabs of the gallery are not two tabs of the app: a sign-out in one of them must not reach the other.
const tab = crypto.randomUUID();
window.BroadcastChannel = class extends BroadcastChannel {
  constructor(name: string) {
    super(`${tab} ${name}`);
  }
};

const { story, language, theme } = chosenBy(location.search);
document.title = story.name;
// The browser may remember a choice from another story.
localStorage.removeItem(THEME_KEY);
document.documentElement.dataset['chosenTheme'] = theme;
showTheme();
const worker = setupWorker();
await worker.start({ quiet: true, onUnhandledFrame: 'bypass' });
await openStory(story, {
  element: document.querySelector('#root')!,
  locale: language,
  use: worker.use,
});

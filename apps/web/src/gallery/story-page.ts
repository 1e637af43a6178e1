import { setupWorker } from 'msw/browser';
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

const { story, language } = chosenBy(location.search);
document.title = story.name;
const worker = setupWorker();
await worker.start({ quiet: true, onUnhandledFrame: 'bypass' });
await openStory(story, {
  element: document.querySelector('#root')!,
  locale: language,
  use: worker.use,
});

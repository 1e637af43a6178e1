import { createSession } from '@oneclick/sign-in/src/session/tab-session.ts';
import { api, core } from './main.ts';
import { renderApp } from './render-app.tsx';

/* The second script of the page: the screens over the session that the first one has begun to look for. */

const session = createSession({ api, core });
if (new URLSearchParams(location.search).has('debug')) {
  void import('@oneclick/sign-in/src/diagnostics/debug-timeline.ts').then(({ printTimeline }) =>
    printTimeline(session),
  );
}
renderApp({ session, element: document.querySelector('#root')! });

import { useFirstTexts } from '../texts/use-texts.ts';
import { NoticeBox } from './notice-box.tsx';
import { ScreenTitle } from './screen-title.tsx';

/** Shown if a script of the app is missing, so never by React: the build makes a template of it. */
export function NotLoadedScreen() {
  const { app } = useFirstTexts();
  return (
    <section className="card" aria-labelledby="title">
      <ScreenTitle>{app.notLoadedTitle}</ScreenTitle>
      <NoticeBox error={{ code: 'api_unreachable' }} sentence={app.notLoaded} />
      {/* For the operator of the app, so in one language. */}
      <p className="hint" data-testid="not-at-root" lang="en" hidden>
        If you operate this app: it must be at the root of its origin, not below a path.
      </p>
      <button type="button" className="primary" data-testid="try-again">
        {app.tryAgain}
      </button>
    </section>
  );
}

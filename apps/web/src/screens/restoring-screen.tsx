import type { ErrorDetails } from '@oneclick/sign-in';
import { useFirstTexts } from '../texts/use-texts.ts';
import { NoticeBox } from './notice-box.tsx';
import { ScreenTitle } from './screen-title.tsx';

/** Shown while the session is restored. Has the shapes of the account, so that nothing moves when it arrives. */
export function RestoringScreen({
  warning,
  onTryAgain,
}: {
  warning: ErrorDetails | undefined;
  onTryAgain: () => void;
}) {
  const { app } = useFirstTexts();
  return (
    <section className="card" aria-labelledby="title">
      <ScreenTitle key={String(!warning)} isHidden={!warning}>
        {app.restoring}
      </ScreenTitle>
      {warning ? (
        <>
          <NoticeBox error={warning} />
          <button type="button" className="primary" data-testid="try-again" onClick={onTryAgain}>
            {app.tryAgain}
          </button>
        </>
      ) : (
        <>
          <div className="skeleton head" />
          <div className="skeleton figure" />
          <div className="skeleton actions" />
          <div className="skeleton usage" />
          <div className="skeleton facts" />
        </>
      )}
    </section>
  );
}

import { useStore } from '@nanostores/react';
import type { Notice } from '@oneclick/sign-in/src/api/fault.ts';
import { $app } from '../texts/texts.ts';
import { NoticeBox } from './notice-box.tsx';
import { ScreenTitle } from './screen-title.tsx';

/** A session is being looked for. The same shapes as in index.html, so that nothing jumps. */
export function RestoringScreen({
  trouble,
  onTryAgain,
}: {
  trouble: Notice | undefined;
  onTryAgain: () => void;
}) {
  const texts = useStore($app);
  return (
    <section className="card" aria-busy={!trouble} aria-labelledby="title">
      {trouble ? (
        <>
          <ScreenTitle>{texts.restoring}</ScreenTitle>
          <NoticeBox notice={trouble} />
          <button type="button" className="primary" data-testid="try-again" onClick={onTryAgain}>
            {texts.tryAgain}
          </button>
        </>
      ) : (
        <>
          <ScreenTitle isHidden>{texts.restoring}</ScreenTitle>
          <div className="skeleton" />
          <div className="skeleton tall" />
          <div className="skeleton button" />
        </>
      )}
    </section>
  );
}

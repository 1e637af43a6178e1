import { useStore } from '@nanostores/react';
import type { Notice } from '../fault.ts';
import { $app } from '../texts/texts.ts';
import { NoticeBox } from './notice-box.tsx';

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
    <section className="card" aria-busy={!trouble}>
      {trouble ? (
        <>
          <h1>{texts.restoring}</h1>
          <NoticeBox notice={trouble} />
          <button type="button" className="primary" data-testid="try-again" onClick={onTryAgain}>
            {texts.tryAgain}
          </button>
        </>
      ) : (
        <>
          <h1 className="visually-hidden">{texts.restoring}</h1>
          <div className="skeleton" />
          <div className="skeleton tall" />
          <div className="skeleton button" />
        </>
      )}
    </section>
  );
}

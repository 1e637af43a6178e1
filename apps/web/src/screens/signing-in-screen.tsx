import { useStore } from '@nanostores/react';
import { $signingIn } from '../texts/texts.ts';

/** The window is open, or its answer is being exchanged. */
export function SigningInScreen({
  step,
  onContinueHere,
  onCancel,
}: {
  step: 'opening' | 'waiting' | 'exchanging';
  onContinueHere: () => void;
  onCancel: () => void;
}) {
  const texts = useStore($signingIn);
  return (
    <section className="card" aria-busy="true" aria-labelledby="title">
      <div className="progress" role="status">
        <div className="spinner" />
        <div className="stack">
          <h1 id="title">{texts[`${step}Title`]}</h1>
          <p className="lead">{texts[step]}</p>
        </div>
      </div>
      {step !== 'exchanging' && (
        <div className="actions">
          <button type="button" data-testid="continue-here" onClick={onContinueHere}>
            {texts.continueHere}
          </button>
          <button type="button" className="quiet" data-testid="cancel-sign-in" onClick={onCancel}>
            {texts.cancel}
          </button>
        </div>
      )}
    </section>
  );
}

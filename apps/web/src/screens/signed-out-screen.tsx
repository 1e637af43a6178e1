import { useStore } from '@nanostores/react';
import type { Notice } from '../fault.ts';
import { $app } from '../texts/texts.ts';
import { NoticeBox } from './notice-box.tsx';

/** Signed out, or signed in until just now: why, and the button. */
export function SignedOutScreen({ notice, onSignIn }: { notice: Notice | undefined; onSignIn: () => void }) {
  const texts = useStore($app);
  return (
    <section className="card" aria-labelledby="title">
      <div className="stack">
        <h1 id="title">{texts.headline}</h1>
        <p className="lead">{texts.lead}</p>
      </div>
      {notice && <NoticeBox notice={notice} />}
      <button type="button" className="primary large" data-testid="sign-in" onClick={onSignIn}>
        {notice ? texts.signInAgain : texts.signIn}
      </button>
      <ul className="points">
        <li>{texts.pointWindow}</li>
        <li>{texts.pointShared}</li>
        <li>{texts.pointLeave}</li>
      </ul>
    </section>
  );
}

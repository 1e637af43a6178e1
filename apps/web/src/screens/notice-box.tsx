import type { ErrorDetails, SignInErrorCode } from '@oneclick/sign-in';
import type { ReactNode } from 'react';
import { useFirstTexts, useLateTexts } from '../texts/use-texts.ts';
import { Announcement } from './announcement.tsx';

/** Codes with a cause at the user, the browser or the network. Support can find out nothing more from them. */
const NOT_FOR_SUPPORT: readonly SignInErrorCode[] = [
  'authorization_denied',
  'offline',
  'cookies_blocked',
  'tab_blocked',
  'insufficient_scope',
  'session_expired',
  'no_session',
];

/**
 * An error in one sentence, with the next step, and the code that support asks for.
 * @param sentence replaces the error's own sentence while the sign-in may still succeed. The code is not shown then
 */
export function NoticeBox({
  error: { code, requestId, status },
  sentence,
  children,
}: {
  error: ErrorDetails;
  sentence?: string | undefined;
  /** Shown below the sentence. Not announced. */
  children?: ReactNode;
}) {
  const { app } = useFirstTexts();
  const { texts, hasFailed } = useLateTexts();
  return (
    <div className="notice" data-testid="notice" data-code={code}>
      {/* Each retry that fails has another request id. Only the sentence is in the live region, so it is announced once. */}
      <p>
        <Announcement role="alert" about={code}>
          {sentence ??
            texts?.errors[code === 'api_unreachable' && status ? 'not_answered_by_api' : code] ??
            (hasFailed && app.notLoaded)}
        </Announcement>
      </p>
      {children}
      {sentence === undefined && !NOT_FOR_SUPPORT.includes(code) && (
        <p className="support-code">
          <span>{texts?.error.codeForSupport}</span>{' '}
          <code translate="no">{`${code} ${requestId ?? status ?? ''}`.trim()}</code>
        </p>
      )}
    </div>
  );
}

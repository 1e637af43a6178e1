import type { ErrorDetails, SignInErrorCode } from '@oneclick/sign-in';
import { useTexts } from '../texts/use-texts.ts';

/** Caused by the user, their browser or their network: support could not find out more about them. */
const NOT_FOR_SUPPORT: ReadonlySet<SignInErrorCode> = new Set([
  'authorization_denied',
  'offline',
  'tab_blocked',
  'insufficient_scope',
  'session_expired',
  'no_session',
]);

/**
 * Says what went wrong and what to do next, and shows the code that support asks for.
 * @param sentence in place of the error's own, for something that may still succeed: then there is no code for support
 */
export function NoticeBox({
  error: { code, requestId },
  sentence,
}: {
  error: ErrorDetails;
  sentence?: string | undefined;
}) {
  const { error, errors } = useTexts();
  return (
    <div className="notice" data-testid="notice" data-code={code}>
      {/* Each retry that fails has another request id. Only the sentence is in the live region, so it is announced once. */}
      <p role="alert">{sentence ?? errors[code]}</p>
      {sentence === undefined && !NOT_FOR_SUPPORT.has(code) && (
        <p className="support-code">
          {error.codeForSupport} <code>{code}</code>
          {requestId !== undefined && (
            <>
              {' '}
              <code>{requestId}</code>
            </>
          )}
        </p>
      )}
    </div>
  );
}

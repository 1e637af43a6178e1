import { useStore } from '@nanostores/react';
import type { FaultCode, Notice } from '@oneclick/sign-in/src/api/fault.ts';
import { $notice } from '../texts/texts.ts';

/** Nobody has failed: the person's own doing, their browser's or their network's. Support could only say the same. */
const NOTHING_TO_QUOTE: ReadonlySet<FaultCode> = new Set([
  'authorization_denied',
  'offline',
  'tab_blocked',
  'insufficient_scope',
  'session_expired',
  'no_session',
]);

/**
 * What went wrong and what to do next, in a sentence, with what to quote to support.
 * @param hasFailed false while it may still end well: there is nothing to quote yet
 */
export function NoticeBox({ notice, hasFailed = true }: { notice: Notice; hasFailed?: boolean }) {
  const texts = useStore($notice);
  // Not every code has a sentence of its own: who makes no such request never meets them.
  const sentence = new Map(Object.entries(texts)).get(notice.code) ?? texts.unexpected;
  return (
    <div className="notice" data-testid="notice" data-code={notice.code}>
      {/* What is tried again fails with another request id each time: the sentence alone is announced. */}
      <p role="alert">{sentence}</p>
      {hasFailed && !NOTHING_TO_QUOTE.has(notice.code) && (
        <p className="quote">
          {texts.quote}: <code>{notice.code}</code>
          {notice.requestId !== undefined && (
            <>
              {' '}
              <code>{notice.requestId}</code>
            </>
          )}
        </p>
      )}
    </div>
  );
}

import { useStore } from '@nanostores/react';
import type { Notice } from '../fault.ts';
import { $notice } from '../texts/texts.ts';

/** What went wrong and what to do next, in a sentence, with what to quote to support. */
export function NoticeBox({ notice }: { notice: Notice }) {
  const texts = useStore($notice);
  // Not every code has a sentence of its own: who makes no such request never meets them.
  const sentence = new Map(Object.entries(texts)).get(notice.code) ?? texts.unexpected;
  return (
    <div className="notice" role="alert" data-testid="notice" data-code={notice.code}>
      <p>{sentence}</p>
      {notice.requestId !== undefined && (
        <p className="quote">
          <small>
            {texts.quote}: <code>{notice.code}</code> <code>{notice.requestId}</code>
          </small>
        </p>
      )}
    </div>
  );
}

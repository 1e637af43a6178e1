import { type ReactNode, useState } from 'react';
import { useLocale } from '../texts/use-texts.ts';

/**
 * A live region: screen readers announce what appears in it. If only the language changes, the text leaves the region and
 * stays on the screen, so that it is not announced again.
 *
 * @param about the subject of the text, the same in every language. A new value announces the text, also an equal one
 */
export function Announcement({
  role,
  about,
  children,
}: {
  role: 'alert' | 'status';
  about: string | number | undefined;
  children: ReactNode;
}) {
  const isNew = useIsNew(about);
  return (
    <>
      <span role={role}>{isNew && <span key={about}>{children}</span>}</span>
      {!isNew && <span>{children}</span>}
    </>
  );
}

/** Whether the language is still the one in which this has appeared. */
export function useIsNew(about: string | number | undefined): boolean {
  const locale = useLocale();
  const [appeared, setAppeared] = useState<{ about: typeof about; locale?: string }>({ about, locale });
  if (appeared.about !== about) setAppeared({ about, locale });
  else if (appeared.locale !== undefined && appeared.locale !== locale) setAppeared({ about });
  return appeared.locale === locale;
}

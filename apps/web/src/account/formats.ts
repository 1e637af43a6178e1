/** How the account writes times and numbers in one language. */
export interface Formats {
  /** The time of day, for example `9:41 PM`. */
  time: Intl.DateTimeFormat;
  /** A day, for example `November 26, 2026`. */
  day: Intl.DateTimeFormat;
  number: Intl.NumberFormat;
  percent: Intl.NumberFormat;
}

const created = new Map<string, Formats>();

/**
 * The formats of a language. They are created once: the first date format of a page takes a browser 50 to 100 ms, the
 * first of each other kind 2 to 10 ms.
 */
export function formatsOf(locale: string): Formats {
  const formats = created.get(locale) ?? {
    time: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }),
    day: new Intl.DateTimeFormat(locale, { dateStyle: 'long' }),
    number: new Intl.NumberFormat(locale),
    percent: new Intl.NumberFormat(locale, { style: 'percent' }),
  };
  created.set(locale, formats);
  return formats;
}

import { recordFrom } from '../record.ts';

/* Values that this tab keeps across pages, in `sessionStorage`. None of them is secret. */

export function readFromTab(key: string): Record<string, unknown> {
  try {
    return recordFrom(JSON.parse(sessionStorage.getItem(key) ?? '{}'));
  } catch {
    return {};
  }
}

export function writeToTab(key: string, value: object | undefined): void {
  try {
    if (value) sessionStorage.setItem(key, JSON.stringify(value));
    else sessionStorage.removeItem(key);
  } catch {
    // Without storage, a sign-in in this tab is finished with a button of the callback page and returns to `/`.
  }
}

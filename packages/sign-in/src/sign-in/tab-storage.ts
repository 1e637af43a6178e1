import { recordFrom } from '../api/record.ts';

/* Notes of this tab to itself, across pages. Nothing secret, and gone with the tab. */

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
    // Storage is blocked. A sign-in in this tab is then finished by hand, and goes back to the first page.
  }
}

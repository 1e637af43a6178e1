import { vi } from 'vitest';
import { type OpenedWindow, openedWindows } from './opened-windows.ts';

/** The windows that the page opens, until the test has ended. */
export function stubWindowOpen(): OpenedWindow[] {
  const { opened, open } = openedWindows();
  vi.spyOn(window, 'open').mockImplementation(open);
  return opened;
}

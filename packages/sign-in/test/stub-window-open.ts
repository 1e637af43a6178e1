import { onTestFinished, vi } from 'vitest';
import { type OpenedWindow, openedWindows } from './opened-windows.ts';

/** The windows that the page opens, until the test ends. */
export function stubWindowOpen(): OpenedWindow[] {
  const { opened, open } = openedWindows();
  vi.spyOn(window, 'open').mockImplementation(open);
  return opened;
}

/** `window.stop`, which the test environment lacks, until the test ends. */
export function stubWindowStop() {
  const stop = vi.fn<() => void>();
  vi.stubGlobal('stop', stop);
  onTestFinished(() => void vi.unstubAllGlobals());
  return stop;
}

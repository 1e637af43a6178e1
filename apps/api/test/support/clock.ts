import { onTestFinished, vi } from 'vitest';

/**
 * Moves `Date` by this many seconds and stops it there, so that no second ends in the middle of a test. Timers still
 * run. The real clock returns at the end of the test.
 */
export function moveClock(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
  onTestFinished(() => void vi.useRealTimers());
}

export function stopClock(): void {
  moveClock(0);
}

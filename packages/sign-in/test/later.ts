import { onTestFinished, vi } from 'vitest';

/** Stops the clocks until the test ends. Intervals go on, unless they are named. */
export function stopClock({ withIntervals = false, withDate = true } = {}): void {
  vi.useFakeTimers({
    toFake: [
      'setTimeout',
      'clearTimeout',
      'performance',
      ...(withDate ? (['Date'] as const) : []),
      ...(withIntervals ? (['setInterval', 'clearInterval'] as const) : []),
    ],
  });
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets time pass, and the requests that it causes be answered. */
export async function later(ms: number, stepMs = 1_000): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    await vi.advanceTimersByTimeAsync(stepMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

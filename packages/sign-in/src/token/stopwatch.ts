/**
 * Returns a function that returns the milliseconds since this call. It reads two clocks and takes the greater value: the
 * monotonic clock stands still while some machines sleep, and the wall clock may be set. So a machine that slept
 * refreshes in time, a clock set ahead costs one early refresh, and a clock set back costs nothing.
 */
export function startStopwatch(): () => number {
  const monotonicStart = performance.now();
  const wallStart = Date.now();
  return () => Math.max(performance.now() - monotonicStart, Date.now() - wallStart);
}

/**
 * Milliseconds since now, by whichever clock says more. The monotonic one stands still while some machines
 * sleep; the wall clock may be set. What is measured is never younger than it seems: a machine that slept asks
 * in time, a clock set an hour ahead costs one refresh too early, one set back costs nothing.
 */
export function startStopwatch(): () => number {
  const monotonicStart = performance.now();
  const wallStart = Date.now();
  return () => Math.max(performance.now() - monotonicStart, Date.now() - wallStart);
}

/** Records the shifts that Chromium counts. A click by a script is no input, so none is excused by one. */
export function recordLayoutShifts(): { stop: () => Promise<string[]> } {
  const shifts: string[] = [];
  const record = (entries: PerformanceEntry[]) =>
    shifts.push(...entries.map((entry) => JSON.stringify(entry)));
  const observer = new PerformanceObserver((list) => record(list.getEntries()));
  observer.observe({ type: 'layout-shift' });
  return {
    async stop() {
      await nextFrames();
      record(observer.takeRecords());
      observer.disconnect();
      return shifts;
    },
  };
}

/** Resolves when the browser has painted and has recorded its layout shifts. */
export async function nextFrames(): Promise<void> {
  for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
}

/*
 * Preloaded into a server under measurement: tells its parent what it has used, as only the process itself can.
 */

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() });
});
process.once('disconnect', () => process.exit());

/* Preloaded into a measured server. Answers each message of the parent with the CPU time and memory of its process. */

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() });
});
process.once('disconnect', () => process.exit());

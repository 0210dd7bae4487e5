// Loaded into each measured server (node -r): answers what the process has used, when the benchmark asks.
process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send({ cpuMicroseconds: user + system, rss: process.memoryUsage.rss() });
});
process.channel.unref();

// The job: it runs where the leader is, and ends its work when it is told to.
const NEVER_MS = 2 ** 31 - 1;

process.on('SIGTERM', () => {
  console.log('has ended its work');
  process.exit(0);
});
console.log(`serves (epoch ${process.env.ZK_LEADER_EPOCH})`);
setInterval(() => undefined, NEVER_MS);

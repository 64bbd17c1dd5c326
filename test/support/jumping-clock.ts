/**
 * `node --import` this file, and SIGUSR2 moves one clock of the process on by an hour: with `CLOCK=monotonic` the one that tells
 * how long nobody used a session, with `CLOCK=wall` the one that alone goes on while a machine sleeps. What looks at a
 * clock every few seconds does so ten times a second here.
 */
let jumped = 0
process.on('SIGUSR2', () => {
  jumped += 3_600_000
})

if (process.env.CLOCK === 'wall') {
  const now = Date.now
  Date.now = () => now() + jumped
} else {
  const now = performance.now.bind(performance)
  performance.now = () => now() + jumped
}

globalThis.setInterval = new Proxy(globalThis.setInterval, {
  apply: (target, self, [work, interval, ...rest]) =>
    Reflect.apply(target, self, [work, interval >= 5000 ? 100 : interval, ...rest]),
})

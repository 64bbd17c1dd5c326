/**
 * Calls `onWake` after the machine slept, for hosts that no system tells: the clock moved on much further than a timer
 * of this process noticed. Returns the way to stop watching.
 * @param options.interval milliseconds between looks at the clock
 * @param options.gap milliseconds of silence that count as sleep
 */
export const watchSleep = (
  onWake: () => void,
  { interval = 5000, gap = 30_000 }: { interval?: number; gap?: number } = {},
): (() => void) => {
  let last = Date.now()
  const timer = setInterval(() => {
    const now = Date.now()
    if (now - last > interval + gap) onWake()
    last = now
  }, interval)
  timer.unref()
  return () => clearInterval(timer)
}

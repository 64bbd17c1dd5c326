import { openSandbox } from '../../src/main/sandbox/sandbox.ts'

// A console in a process of its own, for tests that kill it: prints each step, then "open", and stays.
const [home = '', scale = '1'] = process.argv.slice(2)
const sandbox = await openSandbox({
  home,
  scale: Number(scale),
  onProgress: (step) => process.stdout.write(`${step}\n`),
})
process.stdout.write(sandbox.guest ? 'open as guest\n' : 'open\n')
process.stdin.resume()

import { spawn, spawnSync } from 'node:child_process'
import type { Cluster } from './cluster.ts'

// Reading ends when the console's end of the pipe closes: at its exit, however it came about. The lock file's pid is
// signalled only while it is a server of that very folder.
const script = `
read -r _
for folder in "$@"; do
  pid=$(head -n 1 "$folder/postmaster.pid" 2>/dev/null) || continue
  case "$(readlink "/proc/$pid/cwd" 2>/dev/null || ps -o command= -p "$pid")" in
    *"$folder"*) kill -INT "$pid" ;;
  esac
done`

/**
 * Stops the servers when this process ends without having done so, be it by SIGKILL: a child waits for the end of a
 * pipe and then asks for a fast shutdown, in the order of `clusters`.
 * @returns how to call it off
 */
export const watchOver = (clusters: readonly Cluster[]): (() => void) => {
  if (process.platform === 'win32') {
    // No shell to wait with: an orderly exit is covered, a killed console's servers are stopped at its next start.
    const stop = () => {
      for (const { binaries, dataDir } of clusters) {
        spawnSync(binaries.pgCtl, ['stop', '-D', dataDir, '-m', 'fast', '-W'], { stdio: 'ignore' })
      }
    }
    process.once('exit', stop)
    return () => process.off('exit', stop)
  }
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...clusters.map(({ dataDir }) => dataDir)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  // The pipe must not keep the console alive either.
  const pipe = child.stdin
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  return () => {
    child.kill('SIGKILL')
  }
}

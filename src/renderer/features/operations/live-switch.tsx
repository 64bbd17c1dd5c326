import { Chip } from '../../ui/chip.tsx'
import { usePaused } from './use-probes.ts'

/** Switches the asking on and off; the key is the same on every screen of Operations. */
export const LiveSwitch = ({ seconds }: { seconds: number }) => {
  const [isPaused, setPaused] = usePaused()
  return (
    <Chip
      dot={isPaused ? 'neutral' : 'ok'}
      title={isPaused ? 'Ask again by itself (p)' : 'Ask no more by itself (p)'}
      onClick={() => setPaused(!isPaused)}
    >
      {isPaused ? 'paused' : `live, every ${Math.round(seconds)} s`}
    </Chip>
  )
}

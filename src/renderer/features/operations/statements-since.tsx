import { Button, SegmentedControl } from '@mantine/core'
import { localTime, parseTimestamp } from '../../ui/time.ts'
import type { Snapshots } from './use-compared.ts'

/** From when on the figures of statements are told, and a new snapshot to tell them from. */
export const StatementsSince = ({ snapshots }: { snapshots: Snapshots }) => {
  const { snapshot, isShown, take, show } = snapshots
  const taken = snapshot === null ? null : parseTimestamp(snapshot.at)
  return (
    <div className="statements-since">
      {taken !== null && (
        <SegmentedControl
          aria-label="Figures"
          value={isShown ? 'snapshot' : 'reset'}
          onChange={(value) => show(value === 'snapshot')}
          data={[
            { value: 'reset', label: 'Since the reset' },
            { value: 'snapshot', label: `Since ${localTime(taken, Date.now())}` },
          ]}
        />
      )}
      <Button onClick={take} title="Tell the figures from now on (n)">
        Take snapshot
      </Button>
    </div>
  )
}

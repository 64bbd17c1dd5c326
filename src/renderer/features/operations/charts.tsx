import { formatBytes, formatSeconds } from '../../../shared/format-quantity.ts'
import type { ProbeReport } from '../../../shared/operations.ts'
import type { Sample } from './metrics-history.ts'
import { TimeChart } from './time-chart.tsx'

type ChartsProps = {
  samples: readonly Sample[]
  inRecovery: boolean
  connections: ProbeReport | undefined
}

const perSecond = (value: number): string =>
  `${value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })} /s`

/** How the server fared in the last hours. */
export const Charts = ({ samples, inRecovery, connections }: ChartsProps) => {
  const limit = connections?.rows[0]?.max
  return (
    <div className="charts">
      <TimeChart title="Transactions" samples={samples} of="transactions" words={perSecond} />
      <TimeChart
        title="Sessions"
        samples={samples}
        of="connections"
        words={(value) => String(Math.round(value))}
        whole={typeof limit === 'number' ? `of ${limit}` : undefined}
      />
      <TimeChart
        title={inRecovery ? 'WAL received' : 'WAL written'}
        samples={samples}
        of="wal"
        words={(value) => `${formatBytes(value)}/s`}
      />
      <TimeChart
        title={inRecovery ? 'Behind' : 'Standby behind'}
        samples={samples}
        of="lag"
        words={(value) => formatBytes(value)}
      />
      <TimeChart
        title="Cache hits"
        samples={samples}
        of="hits"
        top={100}
        words={(value) => `${value.toFixed(1)} %`}
      />
      <TimeChart title="Oldest transaction" samples={samples} of="longest" words={formatSeconds} />
    </div>
  )
}

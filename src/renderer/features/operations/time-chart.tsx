import 'uplot/dist/uPlot.min.css'
import { useElementSize, useMergedRef } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import type { Sample, SampleKey } from './metrics-history.ts'

const height = 48

type TimeChartProps = {
  title: string
  samples: readonly Sample[]
  of: SampleKey
  /** A value with its unit. */
  words: (value: number) => string
  /** What the whole is, where there is one: `of 200`. */
  whole?: string | undefined
  /** Highest value that the scale always reaches. */
  top?: number
}

const clock = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })

/** One figure of the last hours as a line, with its latest value; the value at the mouse instead while it is above. */
export const TimeChart = ({ title, samples, of, words, whole, top = 0 }: TimeChartProps) => {
  const size = useElementSize<HTMLDivElement>()
  const { width } = size
  const place = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(size.ref, place)
  const plot = useRef<uPlot | null>(null)
  const [pointed, setPointed] = useState<number | null>(null)

  useEffect(() => {
    const element = place.current
    if (element === null || width === 0) return
    const style = getComputedStyle(element)
    const chart = new uPlot(
      {
        width,
        height,
        padding: [4, 0, 0, 0],
        legend: { show: false },
        axes: [{ show: false }, { show: false }],
        cursor: { y: false, points: { size: 6 }, drag: { setScale: false } },
        scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(top, max * 1.1, 1)] } },
        series: [{}, { stroke: style.getPropertyValue('--accent'), width: 1.5, points: { show: false } }],
        hooks: { setCursor: [({ cursor }) => setPointed(cursor.idx ?? null)] },
      },
      [[], []],
      element,
    )
    plot.current = chart
    return () => {
      plot.current = null
      chart.destroy()
    }
  }, [width, top])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot of another width is a new one, without data
  useEffect(() => {
    plot.current?.setData([samples.map(({ at }) => at), samples.map((sample) => sample[of])])
  }, [samples, of, width])

  const latest = samples.at(-1)
  const at = pointed === null ? latest : samples[pointed]
  const value = at?.[of] ?? null
  const first = samples[0]
  return (
    <section className="chart" aria-label={title}>
      <header className="chart-head">
        <h2>{title}</h2>
        {pointed !== null && at !== undefined && <span className="chart-at">{clock(at.at)}</span>}
        <span className="chart-value" data-none={value === null || undefined}>
          {value === null ? 'not known' : words(value)}
          {value !== null && whole !== undefined && <span className="chart-whole"> {whole}</span>}
        </span>
      </header>
      <div ref={ref} className="chart-plot" aria-hidden />
      <footer className="chart-foot">
        <span>{first === undefined ? '' : clock(first.at)}</span>
        <span>{latest === undefined ? '' : clock(latest.at)}</span>
      </footer>
    </section>
  )
}

import { describe, expect, test } from 'vitest'
import { MetricsHistory } from './metrics-history.ts'

const server = { inRecovery: false, timeline: 1, systemIdentifier: '7', startedAt: '2026-11-01T00:00:00Z' }

const poll = (at: number, more: Record<string, number | null> = {}, life = server) => ({
  server: life,
  row: {
    at,
    commits: at * 10,
    rollbacks: at,
    ownTransactions: at,
    blocksHit: at * 99,
    blocksRead: at,
    walBytes: at * 1000,
    connections: 12,
    standbyBytes: null,
    receiverBytes: null,
    longestTransaction: 0,
    statsReset: null,
    ...more,
  },
})

describe('the memory of the charts', () => {
  test('is rates between polls, without what the console itself asked', () => {
    const history = new MetricsHistory()
    history.add(poll(1000))
    history.add(poll(1005))
    expect(history.samples()).toMatchObject([
      { at: 1000, transactions: null, wal: null, connections: 12 },
      { at: 1005, transactions: 10, wal: 1000, hits: 99, lag: null },
    ])
  })

  test.each([
    ['was restarted', { ...server, startedAt: '2026-11-02T00:00:00Z' }, {}],
    ['was promoted', { ...server, timeline: 2 }, {}],
    ['is another one', { ...server, systemIdentifier: '8' }, {}],
    ['counts anew', server, { statsReset: 1001 }],
  ])('is broken where the server %s: no rate is made of two lives', (_, life, more) => {
    const history = new MetricsHistory()
    history.add(poll(1000))
    history.add(poll(1005, more, life))
    expect(history.samples().at(-1)).toMatchObject({
      transactions: null,
      wal: null,
      hits: null,
      connections: 12,
    })
  })

  test('keeps an hour of polls and one mean a minute before it, and no more', () => {
    const history = new MetricsHistory()
    let kept = 0
    for (let at = 0; at < 86_400; at += 5) if (history.add(poll(at))) kept += 1
    expect(kept).toBe(86_400 / 60 - 1)
    expect(history.toKeep()).toHaveLength(720)
    const samples = history.samples()
    expect(samples.length).toBeLessThan(720 + 720)
    expect(samples.map(({ at }) => at)).toEqual(samples.map(({ at }) => at).sort((a, b) => a - b))
    expect(JSON.stringify(history.toKeep()).length).toBeLessThan(64 * 1024)
  })

  test('outlives the console by its minutes, and reads no nonsense', () => {
    const first = new MetricsHistory()
    for (let at = 0; at < 300; at += 5) first.add(poll(at))
    const second = new MetricsHistory()
    second.restore('nonsense')
    expect(second.samples()).toEqual([])
    second.restore(JSON.parse(JSON.stringify(first.toKeep())))
    expect(second.samples()).toHaveLength(4)
    expect(second.samples()[2]).toMatchObject({ at: 120, transactions: 10, hits: 99, lag: null })
  })
})

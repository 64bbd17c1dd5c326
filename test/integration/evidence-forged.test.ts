import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEvidence } from '../../src/main/audit/evidence/export.ts'
import { newSigningKey } from '../../src/main/audit/evidence/signing-key.ts'
import type { EvidenceScope } from '../../src/shared/evidence.ts'
import { emptyFolder, type Forgery, forge, type manifestOf, unpack, verifyIn } from '../support/evidence.ts'
import { newHome } from '../support/sandbox.ts'
import { noAbort, openTestSession } from '../support/session.ts'
import { createTrail, type Trail } from '../support/trail.ts'

/** Changes one line of many; a negative index counts from the end. */
const at =
  (index: number, change: (line: string) => string) =>
  (lines: string[]): string[] =>
    lines.with(index, change(lines.at(index) ?? ''))

const edited = (line: string): string => line.replace(/"item (\d+)/, '"atem $1')

const swapped = (lines: string[], first: number): string[] => {
  const [one, two] = lines.slice(first, first + 2)
  return one === undefined || two === undefined ? lines : lines.toSpliced(first, 2, two, one)
}

describe('a forged package of evidence is refused', () => {
  let trail: Trail
  /** Of seals 2 to 4, and of one row. */
  let whole: string
  let row: string
  const key = newSigningKey()
  beforeAll(async () => {
    trail = await createTrail()
    await using session = await openTestSession(trail.database, { readOnly: false })
    const evidence = createEvidence(session, { home: newHome() })
    const make = async (scope: EvidenceScope): Promise<string> => {
      const target = join(emptyFolder(), 'evidence.zip')
      await evidence.export(
        { scope, reason: 'CR-8', target, key },
        { signal: noAbort(), report: () => undefined },
      )
      return unpack(target)
    }
    whole = await make({ kind: 'seals', from: '2', to: '4' })
    row = await make({ kind: 'row', schema: 'public', table: 'item', row: '2' })
  })
  afterAll(() => trail[Symbol.asyncDispose]())

  const expectRefused = async ({ folder }: Forgery, because: string | RegExp, ...words: string[]) => {
    const { code, stdout } = await verifyIn(folder, ...words)
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^REFUSED\n/)])
    expect(stdout).toMatch(because)
  }

  test('and one that was not is proven', async () => {
    for (const folder of [whole, row]) expect((await verifyIn(folder, '--key', key.keyId)).code).toBe(0)
    // Who copies, signs anew and changes nothing proves the same, under another name.
    const copy = forge(whole)
    await copy.finish()
    expect((await verifyIn(copy.folder)).code).toBe(0)
    await expectRefused(copy, 'signed by another key', '--key', key.keyId)
  })

  describe('when a file was changed', () => {
    test.each<[string, (forgery: Forgery) => void, string | RegExp]>([
      [
        'a line of the events was edited',
        ({ editLines }) => editLines('events.ndjson', at(3, edited)),
        'not those that it was made over',
      ],
      [
        'the events were cut in a line',
        ({ folder }) => truncateSync(join(folder, 'events.ndjson'), 900),
        'it was cut off',
      ],
      [
        'the events were cut after a line',
        ({ editLines }) => editLines('events.ndjson', (lines) => lines.slice(0, -3)),
        'are missing',
      ],
      [
        'the seals were cut',
        ({ editLines }) => editLines('seals.ndjson', (lines) => lines.slice(0, -1)),
        'should end with',
      ],
      [
        'the table for spreadsheets tells something else',
        ({ folder }) => appendFileSync(join(folder, 'events.csv'), '"1"\r\n'),
        'events.csv is not the file',
      ],
      [
        'the report was replaced',
        ({ folder }) => writeFileSync(join(folder, 'report.pdf'), '%PDF-1.3'),
        'report.pdf is not the file',
      ],
      [
        'the verifier was replaced',
        ({ folder }) => writeFileSync(join(folder, 'verify.mjs'), 'process.exit(0)'),
        'verify.mjs is not the file',
      ],
      [
        'published seals were taken out',
        ({ folder }) => writeFileSync(join(folder, 'anchors.json'), '{"seals":[]}\n'),
        'anchors.json is not the file',
      ],
      [
        'a file was added',
        ({ folder }) => writeFileSync(join(folder, 'more.ndjson'), ''),
        'more.ndjson does not belong',
      ],
      ['a file is missing', ({ folder }) => rmSync(join(folder, 'report.pdf')), 'report.pdf is missing'],
      [
        'a file leads elsewhere',
        ({ folder }) => {
          renameSync(join(folder, 'report.pdf'), join(emptyFolder(), 'report.pdf'))
          symlinkSync(join(whole, 'report.pdf'), join(folder, 'report.pdf'))
        },
        'report.pdf is missing',
      ],
      [
        'the manifest was edited',
        ({ folder }) => {
          const path = join(folder, 'manifest.json')
          writeFileSync(path, readFileSync(path, 'utf8').replace('CR-8', 'CR-9'))
        },
        'signature is not that of this manifest',
      ],
      [
        'the manifest is that of another package',
        ({ folder }) => {
          for (const name of ['manifest.json', 'manifest.sig'])
            writeFileSync(join(folder, name), readFileSync(join(row, name)))
        },
        'proofs.ndjson is missing',
      ],
      [
        'the signature was taken away',
        ({ folder }) => rmSync(join(folder, 'manifest.sig')),
        'manifest.sig is missing',
      ],
    ])('%s', async (_, change, because) => {
      const forgery = forge(whole)
      change(forgery)
      await expectRefused(forgery, because)
    })
  })

  describe('also by who makes digests, table and signature anew', () => {
    test.each<[string, (forgery: Forgery) => void, string | RegExp]>([
      [
        'an event was edited',
        ({ editLines }) => editLines('events.ndjson', at(3, edited)),
        'not those that it was made over',
      ],
      [
        'an event was removed',
        ({ editLines }) => editLines('events.ndjson', (lines) => lines.toSpliced(3, 1)),
        /seal 2|seal 4|are missing/,
      ],
      [
        'the last event was removed',
        ({ editLines }) => editLines('events.ndjson', (lines) => lines.slice(0, -1)),
        'Events of seal 4 are missing',
      ],
      [
        'an event was duplicated',
        ({ editLines }) => editLines('events.ndjson', (lines) => lines.toSpliced(3, 0, lines[3] ?? '')),
        'comes twice',
      ],
      [
        'an event was added at the end',
        ({ editLines }) =>
          editLines('events.ndjson', (lines) => [
            ...lines,
            lines.at(-1)?.replace(/^\[1, "\d+"/, '[1, "900000"') ?? '',
          ]),
        'more events than',
      ],
      [
        'events were put in another order',
        ({ editLines }) => editLines('events.ndjson', (lines) => swapped(lines, 3)),
        'comes twice, or in the wrong place',
      ],
      [
        'a seal was left out',
        ({ editLines }) => editLines('seals.ndjson', (lines) => lines.toSpliced(2, 1)),
        'seals are missing',
      ],
      [
        'seals were put in another order',
        ({ editLines }) => editLines('seals.ndjson', (lines) => swapped(lines, 1)),
        'seals are missing or in another order',
      ],
      [
        'the first seals were left out',
        ({ editLines }) => editLines('seals.ndjson', (lines) => lines.slice(1)),
        'should come here',
      ],
      [
        'a seal was edited',
        ({ editLines }) =>
          editLines(
            'seals.ndjson',
            at(2, (line) => line.replace(/"sealedBy":"[^"]+"/, '"sealedBy":"nobody"')),
          ),
        'do not give its hash',
      ],
      [
        'an event is not written as the format says',
        ({ editLines }) =>
          editLines(
            'events.ndjson',
            at(3, (line) => line.replace(/^\[1, /, '[0, ')),
          ),
        'not written as this version',
      ],
    ])('%s', async (_, change, because) => {
      const forgery = forge(whole)
      change(forgery)
      // A seal that is edited has events no more that could be written as a table.
      await forgery.finish().catch(() => undefined)
      await expectRefused(forgery, because)
    })

    test.each<[string, (forgery: Forgery) => void, string | RegExp]>([
      [
        'an event of a row was edited',
        ({ editLines }) => editLines('events.ndjson', at(0, edited)),
        'not what seal',
      ],
      [
        'proofs were swapped',
        ({ editLines }) => editLines('proofs.ndjson', (lines) => swapped(lines, 0)),
        'does not stand beside that event',
      ],
      [
        'a proof is that of another event',
        ({ editLines }) =>
          editLines('proofs.ndjson', (lines) => {
            const [first, second] = lines.map((line) => JSON.parse(line))
            return [lines[0] ?? '', JSON.stringify({ ...second, path: first.path }), ...lines.slice(2)]
          }),
        'not what seal',
      ],
      [
        'a proof is for another place',
        ({ editLines }) =>
          editLines(
            'proofs.ndjson',
            at(0, (line) => {
              const proof = JSON.parse(line)
              return JSON.stringify({ ...proof, index: proof.index ^ 1 })
            }),
          ),
        'not at that place',
      ],
      [
        'a proof is longer than its tree is high',
        ({ editLines }) =>
          editLines(
            'proofs.ndjson',
            at(0, (line) => {
              const proof = JSON.parse(line)
              return JSON.stringify({ ...proof, path: [...proof.path, proof.path[0]] })
            }),
          ),
        'not at that place',
      ],
      [
        'a proof is of a place that there is not',
        ({ editLines }) =>
          editLines(
            'proofs.ndjson',
            at(-1, (line) => {
              const proof = JSON.parse(line)
              return JSON.stringify({ ...proof, index: proof.index + 2 ** proof.path.length })
            }),
          ),
        'not at that place',
      ],
      [
        'a proof names another seal',
        ({ editLines }) =>
          editLines(
            'proofs.ndjson',
            at(1, (line) => JSON.stringify({ ...JSON.parse(line), seal: '3' })),
          ),
        /seal 3/,
      ],
      [
        'an event stands there twice, with its proof',
        ({ editLines }) => {
          editLines('events.ndjson', (lines) => [lines[0] ?? '', ...lines])
          editLines('proofs.ndjson', (lines) => [lines[0] ?? '', ...lines])
        },
        'comes twice',
      ],
      [
        'events and proofs were put in another order',
        ({ editLines }) => {
          editLines('events.ndjson', (lines) => swapped(lines, 0))
          editLines('proofs.ndjson', (lines) => swapped(lines, 0))
        },
        'comes twice, or in the wrong place',
      ],
      [
        'an event has no proof',
        ({ editLines }) => editLines('proofs.ndjson', (lines) => lines.slice(0, -1)),
        'has no proof',
      ],
      [
        'a proof is left empty',
        ({ editLines }) =>
          editLines(
            'proofs.ndjson',
            at(0, (line) => JSON.stringify({ ...JSON.parse(line), index: null, path: [] })),
          ),
        'has no proof',
      ],
      [
        'a proof has no event',
        ({ editLines }) => editLines('events.ndjson', (lines) => lines.slice(0, -1)),
        'does not stand beside',
      ],
    ])('%s', async (_, change, because) => {
      const forgery = forge(row)
      change(forgery)
      await forgery.finish()
      await expectRefused(forgery, because)
    })

    test('an event was taken out of a row’s history: only the key tells, and the verifier says so', async () => {
      const forgery = forge(row)
      forgery.editLines('events.ndjson', (lines) => lines.slice(1))
      forgery.editLines('proofs.ndjson', (lines) => lines.slice(1))
      await forgery.finish()
      const { code, stdout } = await verifyIn(forgery.folder)
      expect([code, stdout]).toEqual([
        0,
        expect.stringContaining('NOT proven: that these are all events of that row.'),
      ])
      await expectRefused(forgery, 'signed by another key', '--key', key.keyId)
    })

    test('the version of the format was put down or up', async () => {
      for (const version of [0, 2]) {
        const forgery = forge(whole)
        await forgery.finish({ manifest: (manifest) => ({ ...manifest, version }) })
        await expectRefused(forgery, `has version ${version} of the format`)
      }
    })

    test('the signature was made to be missing on purpose', async () => {
      const forgery = forge(whole)
      await forgery.finish({ key: null })
      expect((await verifyIn(forgery.folder)).code).toBe(2)
      await expectRefused(forgery, 'The package is not signed', '--key', key.keyId)
    })

    test('the key is the right one by name only', async () => {
      const forgery = forge(whole)
      const other = newSigningKey()
      await forgery.finish({ key: { ...other, keyId: key.keyId } })
      await expectRefused(forgery, 'not the one that its fingerprint names', '--key', key.keyId)
      const mixed = forge(whole)
      await mixed.finish({ key: { ...key, privateKey: other.privateKey } })
      await expectRefused(mixed, 'signature is not that of this manifest', '--key', key.keyId)
    })

    test.each<
      [string, (manifest: ReturnType<typeof manifestOf>) => ReturnType<typeof manifestOf>, string | RegExp]
    >([
      [
        'counts another number of events',
        (manifest) => ({ ...manifest, events: manifest.events + 1 }),
        'speaks of',
      ],
      ['lists a file less', (manifest) => ({ ...manifest, files: manifest.files.slice(1) }), 'has to list'],
      [
        'lists a file twice',
        (manifest) => ({ ...manifest, files: [...manifest.files, ...manifest.files.slice(0, 1)] }),
        'has to list',
      ],
      [
        'speaks of more seals than there are',
        (manifest) => ({ ...manifest, seals: { from: '2', to: '40' } }),
        'are not in its chain',
      ],
      [
        'speaks of fewer seals',
        (manifest) => ({ ...manifest, seals: { from: '2', to: '3' } }),
        'more events than',
      ],
      [
        'speaks of a longer chain',
        (manifest) => ({ ...manifest, chain: { ...manifest.chain, to: '40' } }),
        'should end with 40',
      ],
      [
        'speaks of an earlier period',
        (manifest) => ({ ...manifest, scope: { kind: 'period', from: '2001-01-01T00:00:00Z', to: null } }),
        'begin after the period',
      ],
      [
        'speaks of a row',
        (manifest) => ({ ...manifest, scope: { kind: 'row', schema: 'public', table: 'item', row: '2' } }),
        'has to list',
      ],
    ])('the manifest %s', async (_, change, because) => {
      const forgery = forge(whole)
      await forgery.finish({ manifest: change })
      await expectRefused(forgery, because)
    })

    test('the history is that of another row', async () => {
      const forgery = forge(row)
      await forgery.finish({
        manifest: (manifest) => ({
          ...manifest,
          scope: { kind: 'row', schema: 'public', table: 'item', row: '3' },
        }),
      })
      await expectRefused(forgery, 'of another row')
    })

    test('a published seal is another one', async () => {
      const forgery = forge(whole)
      const path = join(forgery.folder, 'anchors.json')
      const anchors = JSON.parse(readFileSync(path, 'utf8'))
      writeFileSync(
        path,
        JSON.stringify({ ...anchors, seals: [{ ...anchors.seals[0], hash: 'ab'.repeat(32) }] }),
      )
      await forgery.finish()
      await expectRefused(forgery, 'the trail was written anew')
    })
  })
})

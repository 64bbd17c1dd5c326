/**
 * `npm test`: everything that must pass, in one go, with one closing line `N passed, N failed, N skipped`.
 * Words after `npm test --` choose steps by name: `npm test -- types unit`.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { assertNode, folderInMemory, prepareSystem, run } from './system.ts'

/** `broken`: name and first lines of each failure, to be told once more at the very end of a long output. */
type Count = { passed: number; failed: number; skipped: string[]; broken: string[] }
type Step = { name: string; run: () => Promise<Count> }

const reports = 'test-results'

/** A check that is one pass or one failure. */
const check = (name: string, program: string, words: string[]): Step => ({
  name,
  run: async () =>
    (await run(program, words, 'at the end'))
      ? { passed: 1, failed: 0, skipped: [], broken: [] }
      : { passed: 0, failed: 1, skipped: [], broken: [name] },
})

/** A runner that crashed before it could report counts as one failure. */
const readReport = <Report>(path: string, succeeded: boolean, count: (report: Report) => Count): Count => {
  try {
    const counted = count(JSON.parse(readFileSync(path, 'utf8')) as Report)
    return succeeded || counted.failed > 0 ? counted : { ...counted, failed: 1 }
  } catch {
    return { passed: 0, failed: 1, skipped: [], broken: [`no report in ${path}`] }
  }
}

/** What to tell of a failure: its name and the first lines of its message, without colours. */
const told = (name: string, message: string): string =>
  [name, ...stripVTControlCharacters(message).split('\n').slice(0, 12)].join('\n    ')

type VitestReport = {
  numPassedTests: number
  numFailedTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
}

const vitest = (project: string): Step => ({
  name: project,
  run: async () => {
    const path = `${reports}/${project}.json`
    const succeeded = await run('vitest', [
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${path}`,
    ])
    return readReport<VitestReport>(path, succeeded, (report) => ({
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.testResults
        .flatMap((file) => file.assertionResults)
        .filter((test) => test.status === 'skipped' || test.status === 'pending')
        .map((test) => test.fullName),
      broken: report.testResults.flatMap((file) => {
        const tests = file.assertionResults.filter((test) => test.status === 'failed')
        return file.status === 'failed' && tests.length === 0
          ? [told(file.name, file.message)]
          : tests.map((test) => told(`${file.name}: ${test.fullName}`, test.failureMessages.join('\n')))
      }),
    }))
  },
})

type PlaywrightSuite = {
  title: string
  suites?: PlaywrightSuite[]
  specs: {
    title: string
    file: string
    line: number
    tests: {
      status: string
      annotations: { type: string; description?: string }[]
      results: { errors: { message?: string }[] }[]
    }[]
  }[]
}
type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number }
  suites: PlaywrightSuite[]
}

const skippedSpecs = (suite: PlaywrightSuite): string[] => [
  ...suite.specs.flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === 'skipped')
      .map((test) => {
        const reason = test.annotations.find((annotation) => annotation.type === 'skip')?.description
        return reason === undefined ? spec.title : `${spec.title}: ${reason}`
      }),
  ),
  ...(suite.suites ?? []).flatMap(skippedSpecs),
]

const brokenSpecs = (suite: PlaywrightSuite): string[] => [
  ...suite.specs.flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === 'unexpected' || test.status === 'flaky')
      .map((test) =>
        told(
          `${spec.file}:${spec.line}: ${spec.title}`,
          test.results.flatMap((result) => result.errors.map((error) => error.message ?? '')).join('\n'),
        ),
      ),
  ),
  ...(suite.suites ?? []).flatMap(brokenSpecs),
]

const playwright: Step = {
  name: 'e2e',
  run: async () => {
    const path = `${reports}/playwright.json`
    process.env.PLAYWRIGHT_JSON_OUTPUT_FILE = path
    const succeeded = await run('playwright', ['test', '--reporter=line,json'])
    return readReport<PlaywrightReport>(path, succeeded, ({ stats, suites }) => ({
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky,
      skipped: suites.flatMap(skippedSpecs),
      broken: suites.flatMap(brokenSpecs),
    }))
  },
}

/** Rows run one after the other; so do the lists of a row, each beside the other. */
const rows: Step[][][] = [
  [
    // TypeScript 7 checks in a third of the time, but has no interface yet for the tools that read the sources with it.
    [check('types', 'node', ['node_modules/typescript-native/bin/tsc'])],
    [
      check('lint', 'biome', ['check', '--error-on-warnings', '.']),
      check('unused', 'knip', []),
      check('architecture', 'depcruise', ['--config', '.dependency-cruiser.json', 'src']),
      vitest('unit'),
      check('build', 'node', ['scripts/build.ts']),
    ],
  ],
  [[vitest('integration')]],
  [[playwright]],
]

assertNode()
const missing = prepareSystem()
if (missing.length > 0) {
  console.error(`The tests need more than this system has:\n${missing.map((name) => `  ${name}`).join('\n')}`)
  process.exit(1)
}
rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })

const inMemory = folderInMemory()
if (inMemory !== null) {
  // The sample servers of a root run as another account, which has to pass through.
  chmodSync(inMemory, 0o755)
  process.env.TMPDIR = inMemory
  // Tests start hundreds of programs from the same sources: each is compiled once.
  process.env.NODE_COMPILE_CACHE = join(inMemory, 'compiled')
  process.on('exit', () => rmSync(inMemory, { recursive: true, force: true, maxRetries: 3 }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
}

const wanted = process.argv.slice(2)
const total: Count = { passed: 0, failed: 0, skipped: [], broken: [] }
const table: string[] = []
const runStep = async (step: Step): Promise<void> => {
  console.log(`\n── ${step.name}`)
  const started = performance.now()
  const count = await step.run()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  table.push(
    `${step.name.padEnd(14)} ${seconds.padStart(6)} s   ${count.passed} passed, ${count.failed} failed`,
  )
  total.passed += count.passed
  total.failed += count.failed
  total.skipped.push(...count.skipped)
  total.broken.push(...count.broken)
}
for (const row of rows) {
  const lists = row.map(async (steps) => {
    for (const step of steps) if (wanted.length === 0 || wanted.includes(step.name)) await runStep(step)
  })
  await Promise.all(lists)
}

console.log(`\n${table.join('\n')}`)
for (const text of total.broken) console.log(`failed: ${text}`)
for (const name of total.skipped) console.log(`skipped: ${name}`)
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : ''}`,
)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)

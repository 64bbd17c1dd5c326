import { exitCodes } from './exit-codes.ts'
import { withMigrations } from './migration-session.ts'
import { commonOptions, parseWords } from './words.ts'

/** `migrate verify`: whether the files are those that were run, and those that were released. */
export const verify = async (words: string[]): Promise<number> => {
  const { values } = parseWords(words, { ...commonOptions, sum: { type: 'string' } })
  return withMigrations(values, async ({ migrations, signal }) => {
    const { problems, directorySum, folder, current } = await migrations.status(null, signal)
    const found = [
      ...problems,
      ...(values.sum === undefined || values.sum.toLowerCase() === directorySum
        ? []
        : [
            `The files in ${folder} are not those with the sum ${values.sum}: a file was added, changed, moved or taken away.`,
          ]),
    ]
    console.log(
      values.json
        ? JSON.stringify({ current, directorySum, problems: found })
        : [
            `Sum of all files: ${directorySum}`,
            ...(found.length === 0 ? ['Files and history agree.'] : found.map((one) => `Problem: ${one}`)),
          ].join('\n'),
    )
    return found.length === 0 ? exitCodes.clean : exitCodes.checksumMismatch
  })
}

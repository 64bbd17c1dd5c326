/** A file, and all that the gate has to say of it. */
export type GateAnswer = {
  sql: string
  /** With `-- no-transaction`. */
  alone: boolean
  /** Findings as `rule severity`. */
  says: string[]
  /** Of the last statement: `relation MODE`. */
  locks: string[]
  /** Names that a person types. */
  typed: string[]
}

/** Reads `gate-answers.sql`: blocks of SQL with `--> says`, `--> locks` and `--> typed` below. */
export const gateAnswers = (text: string): GateAnswer[] =>
  text
    .trim()
    .split('\n\n')
    .slice(1)
    .map((block) => {
      const lines = block.split('\n')
      const answer = (word: string): string[] =>
        lines.flatMap((line) =>
          line.startsWith(`--> ${word} `) ? line.slice(word.length + 5).split(', ') : [],
        )
      return {
        sql: lines.filter((line) => !line.startsWith('--')).join(' '),
        alone: lines[0] === '-- no-transaction',
        says: answer('says'),
        locks: answer('locks'),
        typed: answer('typed'),
      }
    })

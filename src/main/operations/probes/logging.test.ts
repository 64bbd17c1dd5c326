import { describe, expect, test } from 'vitest'
import { judgeOf } from '../../../../test/support/judge-of.ts'
import { logging } from './logging.ts'

describe('what reaches the log', () => {
  const judge = (settings: Record<string, string>) =>
    judgeOf(
      logging,
      {},
    )(
      Object.entries({
        log_statement: 'none',
        log_min_duration_statement: '-1',
        log_min_duration_sample: '-1',
        log_transaction_sample_rate: '0',
        log_parameter_max_length: '-1',
        log_parameter_max_length_on_error: '0',
        ...settings,
      }).map(([name, value]) => ({ name, value })),
    )

  test.each([
    [{}, []],
    [{ log_statement: 'ddl' }, []],
    [
      { log_statement: 'mod' },
      [
        'warn: log_statement = mod: what people write goes to the log with its values.',
        'warn: Statements that are logged bring their parameters along.',
      ],
    ],
    [
      { log_min_duration_statement: '1s' },
      ['warn: Statements that are logged bring their parameters along.'],
    ],
    [{ log_min_duration_statement: '1s', log_parameter_max_length: '0' }, []],
    [
      { log_parameter_max_length_on_error: '100B' },
      ['warn: Statements that fail are logged with their parameters.'],
    ],
  ])('%o', (settings, found) => expect(judge(settings)).toEqual(found))
})

import { ConsoleError } from '../../shared/errors.ts'

const arrayElement = (value: unknown): string => {
  if (Array.isArray(value)) return arrayText(value)
  const text = parameterText(value)
  return text === null ? 'NULL' : `"${text.replace(/[\\"]/g, '\\$&')}"`
}

const arrayText = (values: readonly unknown[]): string => `{${values.map(arrayElement).join(',')}}`

/** A parameter as the text that its type's input function reads: arrays as array literals, bytes in hex, objects as JSON. */
export const parameterText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      if (Array.isArray(value)) return arrayText(value)
      if (value instanceof Date) return value.toISOString()
      if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
      return JSON.stringify(value)
    default:
      throw new ConsoleError(
        'INTERNAL',
        `A ${typeof value} cannot be a parameter of a statement.`,
        'Report it with the steps that led here.',
      )
  }
}

import { randomUUID } from 'node:crypto'
import { applicationName } from '../../shared/application-name.ts'

/** A comment to begin a statement with, by which the server's views tell it from every other statement. */
export const newTag = (): string => `/* ${applicationName} ${randomUUID()} */`

import type { Mender } from './mender.ts'

export const schemas: Mender = {
  create: (schema) => [`CREATE SCHEMA ${schema.identity}`],
  renewable: false,
}

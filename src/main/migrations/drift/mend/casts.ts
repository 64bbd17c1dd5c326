import type { CatalogObject } from '../catalog-object.ts'
import { withoutArguments } from './lists.ts'
import type { Mender } from './mender.ts'
import { has } from './sides.ts'

const how = (cast: CatalogObject): string => {
  switch (has(cast, 'method')) {
    case 'inout':
      return 'WITH INOUT'
    case 'binary':
      return 'WITHOUT FUNCTION'
    default:
      return `WITH FUNCTION ${has(cast, 'function')}`
  }
}

export const casts: Mender = {
  renewable: true,
  create(cast) {
    const context = has(cast, 'context')
    return [
      `CREATE CAST ${cast.identity} ${how(cast)}${context === 'explicit' ? '' : ` AS ${context?.toUpperCase()}`}`,
    ]
  },
}

export const conversions: Mender = {
  renewable: true,
  create: (conversion) => [
    `CREATE ${has(conversion, 'default') === 'true' ? 'DEFAULT ' : ''}CONVERSION ${conversion.identity} FOR '${has(conversion, 'from')}' TO '${has(conversion, 'to')}' FROM ${withoutArguments(has(conversion, 'function') ?? '')}`,
  ],
}

export const transforms: Mender = {
  renewable: true,
  create(transform) {
    const parts = (['from sql', 'to sql'] as const).flatMap((name) => {
      const value = has(transform, name)
      return value === null ? [] : [`${name.toUpperCase()} WITH FUNCTION ${value}`]
    })
    return [
      `CREATE TRANSFORM ${transform.identity.replace(/^for (.*) language /, 'FOR $1 LANGUAGE ')} (${parts.join(', ')})`,
    ]
  },
}

export const languages: Mender = {
  create(language) {
    const parts = (['handler', 'inline', 'validator'] as const).flatMap((name) => {
      const value = has(language, name)
      return value === null ? [] : [`${name.toUpperCase()} ${withoutArguments(value)}`]
    })
    return [
      `CREATE ${has(language, 'trusted') === 'true' ? 'TRUSTED ' : ''}LANGUAGE ${language.identity} ${parts.join(' ')}`,
    ]
  },
}

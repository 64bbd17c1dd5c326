import { describe, expect, test } from 'vitest'
import { limitsIn } from './limits.ts'

describe('limits of signatures, read from constraints', () => {
  test('are those that the table states, in whatever of its words', () => {
    expect(
      limitsIn([
        'CHECK (((octet_length(image) >= 1) AND (octet_length(image) <= 262144)))',
        "CHECK ((media_type = ANY (ARRAY['image/png'::text, 'image/jpeg'::text])))",
        'CHECK (((revoked_at IS NOT NULL) OR ((width >= 1) AND (width <= 2400) AND (height < 1201)))) NOT VALID',
      ]),
    ).toEqual({ bytes: 262_144, mediaTypes: ['image/png', 'image/jpeg'], width: 2400, height: 1200 })
    expect(
      limitsIn(['CHECK ((octet_length(image) < 1001))', "CHECK ((media_type = 'image/png'::text))"]),
    ).toEqual({ bytes: 1000, mediaTypes: ['image/png'], width: null, height: null })
  })

  test('are unknown where nothing states them, and the narrowest where several do', () => {
    const unknown = { bytes: null, mediaTypes: null, width: null, height: null }
    expect(limitsIn([])).toEqual(unknown)
    expect(limitsIn(['CHECK (public.is_fine(image))', 'CHECK ((line_width <= 5))'])).toEqual(unknown)
    expect(
      limitsIn(['CHECK ((octet_length(image) <= 500))', 'CHECK ((octet_length(image) <= 100))']).bytes,
    ).toBe(100)
  })
})

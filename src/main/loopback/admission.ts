import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { loopback } from '../../shared/loopback.ts'

const secret = (): string => randomBytes(32).toString('base64url')
const digest = (value: string): Buffer => createHash('sha256').update(value).digest()
const equals = (value: string, expected: Buffer): boolean => timingSafeEqual(digest(value), expected)

/** Who may use the console: one link at a time, used once, and the tabs that came through one. */
export type Admission = {
  /** A token for a new link. The link before it, when still unused, is void. */
  newToken(): string
  /** What a tab gets for the token, or null when it is not the current one. */
  enter(token: string, request: IncomingMessage): { setCookie: string; tab: string } | null
  /** The request carries both the cookie and the secret of a tab that was admitted with it. */
  admits(request: IncomingMessage): boolean
}

/** Cookies know no port, so the port is part of the name: two consoles do not sign each other out. */
export const createAdmission = (port: number): Admission => {
  const cookieName = `console-${port}`
  const admitted: { cookie: Buffer; tab: Buffer }[] = []
  let token: Buffer | null = null

  const cookieOf = (request: IncomingMessage): string =>
    (request.headers.cookie ?? '')
      .split('; ')
      .find((pair) => pair.startsWith(`${cookieName}=`))
      ?.slice(cookieName.length + 1) ?? ''

  return {
    newToken() {
      const fresh = secret()
      token = digest(fresh)
      return fresh
    },
    enter(offered, request) {
      if (token === null || !equals(offered, token)) return null
      token = null
      // Another tab of the same browser keeps its cookie, or the tabs before it would be signed out.
      const present = cookieOf(request)
      const known = admitted.some(({ cookie }) => equals(present, cookie))
      const cookie = known ? present : secret()
      const tab = secret()
      admitted.push({ cookie: digest(cookie), tab: digest(tab) })
      return { setCookie: `${cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict`, tab }
    },
    admits(request) {
      const offered = request.headers[loopback.tabHeader]
      if (typeof offered !== 'string') return false
      const cookie = cookieOf(request)
      return admitted.some((one) => equals(cookie, one.cookie) && equals(offered, one.tab))
    },
  }
}

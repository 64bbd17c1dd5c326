import type { HostAndPort } from '../../../shared/profiles.ts'

/** `host:port`, as the main process names a server and a person types it. */
export const hostName = ({ host, port }: HostAndPort): string => {
  if (host.startsWith('/')) return `${host}/.s.PGSQL.${port}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** The other way; null: it is no such text. */
export const parseHost = (text: string): HostAndPort | null => {
  const found = /^\s*(?:\[([^\]]+)\]|([^\s:[\]]+)):(\d{1,5})\s*$/.exec(text)
  const host = found?.[1] ?? found?.[2]
  const port = Number(found?.[3])
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port }
}

/** The address to give to the system's browser: https only, without a user name or password in it. Null: refused. */
export const externalAddress = (link: string): string | null => {
  const url = URL.parse(link)
  return url?.protocol === 'https:' && url.username === '' && url.password === '' ? url.href : null
}

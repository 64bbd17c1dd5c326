/**
 * `npm run smoke`: starts the served console as a person does, comes through its link as the page does, opens the first
 * profile that it offers, and ends it. Words go to `npm run serve`. For machines without a browser to drive.
 */
import { serveConsole } from '../test/e2e/serve.ts'
import { assertNode, run } from './system.ts'

assertNode()
if (!(await run(process.execPath, ['scripts/build.ts']))) process.exit(1)

const served = await serveConsole(process.argv.slice(2), { DATABASE_URL: process.env.DATABASE_URL })
try {
  const { origin, hash, pathname } = new URL(await served.link())
  const page = await fetch(`${origin}${pathname}`)
  if (!page.ok) throw new Error(`The link's page answered ${page.status}.`)

  const post = async (path: string, input: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(input),
    })
    const body: unknown = await response.json()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(body)}`)
    return { response, body }
  }
  const entered = await post('/enter', { token: hash.slice(1) })
  const admitted = {
    cookie: entered.response.headers.getSetCookie()[0]?.split(';')[0] ?? '',
    'x-console-tab': (entered.body as { tab: string }).tab,
  }
  const call = async <Output>(procedure: string, input: unknown): Promise<Output> => {
    const { body } = await post(`/rpc/${procedure}`, input, admitted)
    return (body as { result: { data: Output } }).result.data
  }
  const { profiles } = await call<{ profiles: { id: string; name: string }[] }>('profiles.list', undefined)
  const [profile] = profiles
  if (profile === undefined) console.log('The console is served; it has no profile to open.')
  else {
    const { sessionId } = await call<{ sessionId: string }>('sessions.open', {
      profileId: profile.id,
      password: null,
    })
    const schemas = await call<unknown[]>('catalog.schemas', { sessionId })
    console.log(`The console is served; ${profile.name} shows ${schemas.length} schemas.`)
  }
} finally {
  await served.stop()
}

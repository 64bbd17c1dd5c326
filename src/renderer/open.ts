/**
 * The page of the one-time link. The token stands in the fragment, which no server, log or referrer ever sees; it is
 * exchanged once, and this entry of the tab's history is replaced by the console itself.
 */
import { z } from 'zod'
import { loopback } from '../shared/loopback.ts'
import { hostRefusal } from './app/host-refusal.ts'

const token = location.hash.slice(1)
history.replaceState(null, '', location.pathname)

const response = await fetch(loopback.enterPath, {
  method: 'POST',
  body: JSON.stringify({ token }),
  headers: { 'content-type': 'application/json' },
})
const answer: unknown = await response.json()
if (response.ok) {
  sessionStorage.setItem(loopback.tabKey, z.object({ tab: z.string() }).parse(answer).tab)
  location.replace('/')
} else {
  const { message, remedy } = hostRefusal(answer)
  const place = document.getElementById('message')
  if (place !== null) place.textContent = `${message} ${remedy}`
}

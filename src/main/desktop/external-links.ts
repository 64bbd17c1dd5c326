import { shell } from 'electron'
import { externalAddress } from './external-address.ts'

/** Opens a link outside of the console. Other schemes could start programs with arguments of somebody's choice. */
export const openExternal = (link: string): void => {
  const address = externalAddress(link)
  if (address !== null) void shell.openExternal(address)
}

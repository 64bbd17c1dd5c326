import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder of the console's own files, where each system wants it; `VIRUJ_CONSOLE_HOME` overrides it. */
export const homeFolder = (
  environment: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): string => {
  if (environment.VIRUJ_CONSOLE_HOME) return environment.VIRUJ_CONSOLE_HOME
  switch (platform) {
    case 'win32':
      return join(environment.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Viruj Console')
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Viruj Console')
    default:
      return join(environment.XDG_CONFIG_HOME || join(homedir(), '.config'), 'viruj-console')
  }
}

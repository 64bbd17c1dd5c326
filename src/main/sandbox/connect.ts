import pg from 'pg'

export const superuser = 'sandbox'
export const databaseName = 'viruj_erp'

/** A connected client of the sandbox's superuser, over verified TLS. */
export const connectAsSuperuser = async (server: {
  port: number
  ca: string
  password: string
  database?: string
}): Promise<pg.Client> => {
  const { port, ca, password, database = databaseName } = server
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    database,
    user: superuser,
    password,
    ssl: { ca },
    application_name: 'viruj-console sandbox',
  })
  // The end of the server shows in the query that runs, or in the next one.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

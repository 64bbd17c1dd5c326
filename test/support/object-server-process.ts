import { startObjectServer } from '../../src/main/object-server/object-server.ts'

// An object server in a process of its own, for tests that kill it: options as JSON in, its port on a line out.
const server = await startObjectServer(JSON.parse(process.argv[2] ?? '{}'))
process.stdout.write(`${server.port}\n`)

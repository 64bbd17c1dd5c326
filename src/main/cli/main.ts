import about from '../../../package.json' with { type: 'json' }
import { toErrorShape } from '../../shared/errors.ts'
import { parseStartOptions, startOptionsHelp, usageError } from '../api/start-options.ts'

const help = async (): Promise<string> => {
  const [
    { auditHelp },
    { backupHelp },
    { doctorHelp },
    { documentsHelp },
    { migrateHelp },
    { provisionHelp },
    { seedHelp },
    { storageHelp },
  ] = await Promise.all([
    import('./audit.ts'),
    import('./backup.ts'),
    import('./doctor.ts'),
    import('./documents.ts'),
    import('./migrate/migrate.ts'),
    import('./provision.ts'),
    import('./seed.ts'),
    import('./storage.ts'),
  ])
  return `Usage: viruj-console <command> [options]

Commands
  serve              Serve the console to browsers of this machine, on 127.0.0.1.
  provision          Make database, roles and log-ins of the ERP on a server. Does what is missing.
  migrate            Apply migrations, take them back, and compare them with the database.
  audit              Seal and verify the audit trail, and say which tables it records.
  doctor             Ask the server how it is doing: the same probes as the console's operations.
  backup             Record backups as their tools report them, and whether they were verified and restored.
  documents          Hold documents and their bucket against each other.
  storage            Test the storage of documents: key, bucket, each permission.
  seed               Add baseline metadata and sample documents to a migrated database. Adds only what is missing.

Options of serve
${startOptionsHelp}

Subcommands and options of migrate
${migrateHelp}

Subcommands and options of audit
${auditHelp}

Options of doctor
${doctorHelp}

Subcommands and options of backup
${backupHelp}

Subcommands and options of documents
${documentsHelp}

Options of provision
${provisionHelp}

Options of seed
${seedHelp}

Subcommands and options of storage
${storageHelp}

With DATABASE_URL set the console opens on that database and starts no sample servers.
`
}

/** Each command loads only what it needs: a step in a container starts sooner. */
const run = async ([command, ...words]: string[]): Promise<void> => {
  switch (command) {
    case 'serve':
      return (await import('./serve.ts')).serve(parseStartOptions(words))
    case 'migrate':
      return (await import('./migrate/migrate.ts')).migrateCommand(words)
    case 'audit':
      return (await import('./audit.ts')).auditCommand(words)
    case 'doctor':
      return (await import('./doctor.ts')).doctorCommand(words)
    case 'backup':
      return (await import('./backup.ts')).backupCommand(words)
    case 'documents':
      return (await import('./documents.ts')).documentsCommand(words)
    case 'provision':
      return (await import('./provision.ts')).provisionCommand(words)
    case 'seed':
      return (await import('./seed.ts')).seedCommand(words)
    case 'storage':
      return (await import('./storage.ts')).storageCommand(words)
    case '--version':
      return console.log(about.version)
    case '--help':
    case undefined:
      return console.log(await help())
    default:
      throw usageError(`There is no command "${command}".`)
  }
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  const { message, remedy } = toErrorShape(error)
  console.error(`${message} ${remedy}`)
  process.exitCode = 1
}

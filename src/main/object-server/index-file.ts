import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

const schema = `
  create table if not exists bucket (
    name                text primary key,
    created             integer not null,
    -- Enabled or Suspended; empty while it never was either.
    versioning          text not null default '',
    -- Null without Object Lock; else the default retention as JSON, or {}.
    object_lock         text,
    -- The algorithm that objects get by default, and its key.
    encryption          text,
    public_access_block text
  ) strict;

  create table if not exists version (
    -- The highest one of a key is its latest version.
    seq           integer primary key autoincrement,
    bucket        text not null references bucket,
    key           text not null,
    version_id    text not null,
    delete_marker integer not null,
    bytes         integer not null,
    etag          text not null,
    -- What GetObject answers beside the content, as JSON.
    headers       text not null,
    -- SHA-256 in base64, or of the parts' ones with their number; null when the client gave none.
    checksum      text,
    modified      integer not null,
    lock_mode     text,
    lock_until    integer,
    legal_hold    integer not null default 0,
    unique (bucket, key, version_id)
  ) strict;
  create index if not exists version_by_key on version (bucket, key, seq);

  create table if not exists segment (
    version  integer not null references version on delete cascade,
    position integer not null,
    blob     text not null,
    bytes    integer not null,
    primary key (version, position)
  ) strict, without rowid;
  create index if not exists segment_by_blob on segment (blob);

  create table if not exists upload (
    id         text primary key,
    bucket     text not null references bucket,
    key        text not null,
    initiated  integer not null,
    headers    text not null,
    -- 1: each part has to bring its SHA-256.
    checksums  integer not null,
    lock_mode  text,
    lock_until integer,
    legal_hold integer not null
  ) strict;
  create index if not exists upload_by_key on upload (bucket, key, id);

  create table if not exists part (
    upload   text not null references upload on delete cascade,
    number   integer not null,
    blob     text not null,
    bytes    integer not null,
    etag     text not null,
    checksum text,
    modified integer not null,
    primary key (upload, number)
  ) strict, without rowid;
  create index if not exists part_by_blob on part (blob);
`

/** The statements of this server on its file. A row's type is vouched for by the schema above, whose tables are strict. */
export class IndexFile {
  readonly #database: DatabaseSync

  constructor(folder: string) {
    this.#database = new DatabaseSync(join(folder, 'index.sqlite'))
    this.#database.exec('pragma journal_mode = wal; pragma synchronous = full')
    this.#database.exec(schema)
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#database.prepare(sql).all(...values) as Row[]
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#database.prepare(sql).get(...values) as Row | undefined
  }

  run(sql: string, ...values: SQLInputValue[]): { changes: number; seq: number } {
    const { changes, lastInsertRowid } = this.#database.prepare(sql).run(...values)
    return { changes: Number(changes), seq: Number(lastInsertRowid) }
  }

  /** Everything in `work` or nothing. */
  transaction<Value>(work: () => Value): Value {
    this.#database.exec('begin immediate')
    try {
      const value = work()
      this.#database.exec('commit')
      return value
    } catch (error) {
      this.#database.exec('rollback')
      throw error
    }
  }

  blobIsUsed(blob: string): boolean {
    return (
      this.get(
        'select 1 as used from segment where blob = ? union all select 1 from part where blob = ?',
        blob,
        blob,
      ) !== undefined
    )
  }

  close(): void {
    this.#database.close()
  }
}

// Made from the migrations by scripts/generate-schema.ts. Do not edit: run it again.
import type { Generated, GeneratedAlways } from 'kysely'

/** The tables of the domain as kysely sees them; those outside of public with their schema. */
export interface DomainSchema {
  audit_logs: {
    id: string | null
    sysid: string | null
    xid: string | null
    ts: Date | null
    tx_ts: Date | null
    op: string | null
    schema_name: string | null
    table_name: string | null
    row_pk: string | null
    old_row: unknown
    new_row: unknown
    actor: string | null
    acting_role: string | null
    backend_pid: number | null
    client_addr: string | null
    app: string | null
    reason: string | null
  }
  auth_sessions: {
    id: Generated<string>
    user_id: string
    token_hash: Uint8Array
    client_addr: string | null
    user_agent: string | null
    created_at: Generated<Date>
    expires_at: Date
    revoked_at: Date | null
  }
  documents: {
    id: GeneratedAlways<string>
    filename: string
    plant: string
    site: string | null
    bytes: string
    sha256: string
    s3_key: string
    state: Generated<string>
    payload: Generated<unknown>
    uploaded_by: string | null
    created_at: Generated<Date>
    updated_at: Generated<Date>
    stored_at: Date | null
    content_type: Generated<string>
    s3_bucket: string | null
    s3_version: string | null
    upload_id: string | null
    uploaded_as: Generated<string | null>
    retired_at: Date | null
    legal_hold: Generated<boolean>
  }
  metadata: {
    id: GeneratedAlways<string>
    plant: string
    site: string | null
    key: string
    value: unknown
    updated_by: string | null
    updated_at: Generated<Date>
  }
  notifications: {
    id: GeneratedAlways<string>
    user_id: string
    status: Generated<string>
    delivery_channel: string
    payload: unknown
    created_at: Generated<Date>
    updated_at: Generated<Date>
    sent_at: Date | null
  }
  plant_access: {
    role_name: string
    plant: string
    granted_by: Generated<string>
    granted_at: Generated<Date>
  }
  signatures: {
    id: GeneratedAlways<string>
    user_id: string
    image: Uint8Array
    media_type: Generated<string>
    sha256: string
    created_at: Generated<Date>
    revoked_at: Date | null
    superseded_by: string | null
    width: Generated<number | null>
    height: Generated<number | null>
  }
  users: {
    id: Generated<string>
    email: string
    password_hash: string
    role: string
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  'ops.backup_review': {
    id: GeneratedAlways<string>
    backups: string
    verdict: string
    note: string
    next_due: Date
    reviewed_at: Generated<Date>
    reviewed_by: Generated<string>
  }
  'ops.backup_run': {
    id: GeneratedAlways<string>
    tool: string
    label: string
    kind: string
    system_identifier: string | null
    repository: Generated<string>
    started_at: Date
    finished_at: Date | null
    outcome: string
    failure: string | null
    bytes: string | null
    stored_bytes: string | null
    timeline: number | null
    start_lsn: string | null
    stop_lsn: string | null
    verification: string | null
    verified_at: Date | null
    verification_passed: boolean | null
    restored_at: Date | null
    restore_passed: boolean | null
    report: unknown
    recorded_by: Generated<string>
    recorded_at: Generated<Date>
    updated_at: Generated<Date>
  }
  'audit.column_policy': {
    schema_name: string
    table_name: string
    column_name: string
    shown: string
  }
  'audit.digest_key': {
    only_one: Generated<boolean>
    inner_pad: Uint8Array
    outer_pad: Uint8Array
  }
  'audit.event': {
    id: GeneratedAlways<string>
    sysid: Generated<string>
    xid: Generated<string>
    ts: Generated<Date>
    tx_ts: Generated<Date>
    op: string
    schema_name: string | null
    table_name: string | null
    row_pk: string | null
    old_row: unknown
    new_row: unknown
    actor: Generated<string>
    acting_role: Generated<string>
    backend_pid: Generated<number>
    client_addr: Generated<string | null>
    app: Generated<string | null>
    reason: string | null
  }
  'ops.finding_waiver': {
    id: GeneratedAlways<string>
    probe: string
    finding: string
    reason: string
    until: Date | null
    made_at: Generated<Date>
    made_by: Generated<string>
  }
  'audit.policy': {
    schema_name: string
    table_name: string
    reason_required: Generated<boolean>
    secret_columns: Generated<string>
    function_name: string
    since: Generated<Date>
  }
  'audit.retired': {
    line: string
    month: Generated<string>
    events: Generated<string>
    from_seal: Generated<string | null>
    to_seal: Generated<string | null>
    packages: Generated<unknown>
    actor: Generated<string>
    reason: Generated<string>
    at: Generated<string>
  }
  'audit.review': {
    review_no: GeneratedAlways<string>
    reviewer: string
    scope: unknown
    from_seal: string
    to_seal: string
    verdict: string
    note: string
    at: Date
  }
  'ops.runbook_run': {
    id: string
    runbook: string
    title: string
    server: string
    verdict: string
    steps: unknown
    marks: Generated<unknown>
    started_at: Generated<Date>
    started_by: Generated<string>
    reason: string | null
    signed_at: Date | null
    signed_by: string | null
  }
  'audit.saved_filter': {
    filter_no: GeneratedAlways<string>
    name: string
    owner: Generated<string>
    filter: unknown
    saved_at: Generated<Date>
  }
  'audit.seal': {
    seal_no: string
    sysid: string
    snap: string
    prev_snap: string | null
    n: string
    id_min: string | null
    id_max: string | null
    root: Uint8Array
    prev_hash: Uint8Array
    hash: Uint8Array
    sealed_at: Date
    sealed_by: string
  }
  'audit.seal_part': {
    seal_no: string
    part: number
    leaves: Uint8Array
  }
  'audit.seal_retired': {
    seal_no: string | null
    events: string | null
  }
}

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkTrail } from '../../src/main/audit/trail/check.ts'
import { prober } from '../support/operations.ts'
import { createRole } from '../support/postgres.ts'
import { openTestSession } from '../support/session.ts'
import { createTrail, type Trail } from '../support/trail.ts'

describe('the self-check', () => {
  let trail: Trail
  beforeEach(async () => {
    trail = await createTrail()
  })
  afterEach(() => trail[Symbol.asyncDispose]())

  const problems = async (): Promise<Record<string, string[]>> =>
    Object.fromEntries(
      (await checkTrail(trail.client)).flatMap(({ id, problems: found }) =>
        found.length === 0 ? [] : [[id, found]],
      ),
    )

  test('finds nothing on an untouched database', async () => {
    expect(await problems()).toEqual({})
  })

  test.each([
    [
      'a trigger that is disabled',
      'alter table item disable trigger audit_update',
      { triggers: ['public.item: trigger audit_update is disabled'] },
    ],
    [
      'a trigger that a replica would not fire',
      'alter table item enable trigger audit_update',
      { triggers: ['public.item: trigger audit_update does not always fire'] },
    ],
    [
      'a trigger that looks away',
      `create or replace trigger audit_update after update of secret on item for each statement execute function audit."public.item"();
       create or replace trigger audit_delete after delete on item for each statement when (current_user <> 'postgres') execute function audit."public.item"();
       alter table item enable always trigger audit_update; alter table item enable always trigger audit_delete`,
      {
        triggers: [
          'public.item: trigger audit_delete fires at some changes only',
          'public.item: trigger audit_update fires at some changes only',
        ],
      },
    ],
    [
      'a trigger for what subscriptions apply that does not fire there',
      'alter table item enable trigger audit_replicated',
      { triggers: ['public.item: trigger audit_replicated does not always fire'] },
    ],
    [
      'a trigger that is gone',
      'drop trigger audit_delete on item',
      { triggers: ['public.item: trigger audit_delete is missing'] },
    ],
    [
      'a function that records nothing',
      `create or replace function audit."public.item"() returns trigger language plpgsql security definer as 'begin return null; end'`,
      { functions: ['audit."public.item" is not what policy and table make of it'] },
    ],
    [
      'an event trigger that is gone',
      'drop event trigger audit_drop',
      { 'event-triggers': ['event trigger audit_drop is missing: a superuser has to create it'] },
    ],
    [
      'seals that may be changed',
      'alter table audit.seal disable trigger seal_append_only',
      { 'append-only': ['audit.seal: trigger seal_append_only does not always fire'] },
    ],
    [
      'reviews that may be changed',
      'alter table audit.review disable trigger review_append_only; alter table audit.review enable trigger review_no_truncate',
      {
        'append-only': [
          'audit.review: trigger review_append_only does not always fire',
          'audit.review: trigger review_no_truncate does not always fire',
        ],
      },
    ],
    [
      'a trigger that refuses nothing',
      `create function public.agree() returns trigger language plpgsql as 'begin return new; end';
       create or replace trigger review_append_only before update or delete on audit.review for each row execute function public.agree();
       alter table audit.review enable always trigger review_append_only`,
      { 'append-only': ['audit.review: trigger review_append_only calls another function'] },
    ],
    [
      'who may write reviews, or rewrite events, past the functions that do',
      `grant insert on audit.review to viruj_reviewer; grant delete on audit.event to public; grant update (reason) on audit.event to viruj_dba`,
      {
        'append-only': [
          'everybody may delete audit.event',
          'viruj_dba may update audit.event',
          'viruj_reviewer may insert audit.review',
        ],
      },
    ],
    [
      'reviews that belong to somebody else',
      'alter table audit.review owner to current_user',
      { owners: [expect.stringContaining('audit.review belongs to')] },
    ],
    [
      'a trail that belongs to somebody else',
      'alter table audit.seal owner to current_user',
      { owners: [expect.stringContaining('audit.seal belongs to')] },
    ],
  ])('finds %s', async (_, sql, expected) => {
    await trail.client.query(sql)
    expect(await problems()).toEqual(expected)
  })

  test('is among the checks of the posture: critical where something is not recorded, not checked for who may not look', async () => {
    await trail.client.query('alter table item disable trigger audit_update')
    await using session = await openTestSession(trail.database)
    const look = prober(session)
    expect(await look('recording')).toMatchObject({
      verdict: 'critical',
      findings: [
        {
          verdict: 'critical',
          row: 0,
          text: 'Every recorded table and partition has its triggers, and they always fire: not so, public.item: trigger audit_update is disabled.',
        },
      ],
    })
    await trail.client.query('alter table item enable always trigger audit_update')
    expect(await look('recording')).toMatchObject({
      verdict: 'ok',
      summary: 'What the policy says is recorded, cannot be changed, and is sealed.',
    })
    const { user, password } = await createRole()
    await trail.client.query(`grant connect on database "${trail.database.database}" to "${user}"`)
    await using stranger = await openTestSession({ ...trail.database, user, password })
    expect(await prober(stranger)('recording')).toMatchObject({
      verdict: 'not-checked',
      findings: [
        { text: expect.stringContaining('audit.policy') },
        { text: expect.stringContaining('audit.seal') },
      ],
    })
  })

  test('finds that nothing is sealed any more, and that next month is missing', async () => {
    await trail.attack(`update audit.seal set sealed_at = sealed_at - interval '10 minutes'`)
    await trail.client.query(
      `do $$ begin execute format('drop table audit.event_%s', to_char(now() at time zone 'UTC' + interval '1 month', 'YYYY_MM')); end $$`,
    )
    expect(await problems()).toMatchObject({
      sealing: [expect.stringMatching(/^the last seal was made at .* UTC$/)],
      months: [expect.stringContaining('is missing')],
    })
  })
})

describe('rows beside the trail', () => {
  test('triggers disabled, rows changed, triggers enabled again: missed by verification, found here', async () => {
    await using trail = await createTrail()
    await trail.client.query(`
      begin;
      alter table item disable trigger user;
      update item set name = 'other', secret = 'swapped' where id = 3;
      delete from item where id = 4;
      insert into item values (999, 'from nowhere');
      alter table item enable always trigger audit_insert;
      alter table item enable always trigger audit_update;
      alter table item enable always trigger audit_delete;
      alter table item enable always trigger audit_no_truncate;
      alter table item enable replica trigger audit_replicated;
      commit`)
    await trail.seal()
    expect(await trail.verify({ anchors: trail.published })).toMatchObject({ verdict: 'intact' })
    const checks = await checkTrail(trail.client)
    expect(checks.filter(({ problems }) => problems.length > 0)).toEqual([
      {
        id: 'rows',
        title: 'Rows are as the trail says',
        severity: 'fault',
        problems: [
          'public.item {"id": 3}: changed (name, secret)',
          'public.item {"id": 4}: gone',
          'public.item {"id": 999}: not in the trail',
        ],
      },
    ])
  })

  test('follows keys that change, rows that come back, and columns that come and go', async () => {
    await using trail = await createTrail()
    await trail.client.query(`
      begin; alter table item drop constraint item_pkey; update item set id = id + 1; alter table item add primary key (id); commit;
      delete from item where id = 5;
      insert into item values (5, 'back');
      alter table item add extra text default 'x';
      alter table item drop extra`)
    const rows = (await checkTrail(trail.client)).find(({ id }) => id === 'rows')
    expect(rows?.problems).toEqual([])
  })
})

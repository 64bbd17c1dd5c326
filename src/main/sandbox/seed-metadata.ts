import type pg from 'pg'

/** Each key and how its value is made: `%s` is a number between the two bounds. */
export const siteKeys: readonly (readonly [key: string, value: string, from: number, to: number])[] = [
  ['temperature_limit', '{"max": %s, "unit": "°C"}', 20, 27],
  ['humidity_limit', '{"max": %s, "unit": "%RH"}', 40, 65],
  ['pressure_cascade', '{"min": %s, "unit": "Pa"}', 10, 30],
  ['air_changes_per_hour', '%s', 12, 30],
  ['cleanroom_grade', '["A", "B", "C", "D"]', 0, 0],
  ['particle_alert', '{"size": "0.5 µm", "limit": %s}', 3000, 3520],
  ['particle_action', '{"size": "0.5 µm", "limit": %s}', 3520, 4000],
  ['cleaning_interval_hours', '%s', 8, 72],
  ['dirty_hold_hours', '%s', 12, 48],
  ['clean_hold_days', '%s', 3, 14],
  ['calibration_due', '"2027-03-%s"', 10, 28],
  ['calibration_tolerance', '0.%s', 10, 95],
  ['shift_pattern', '"%s/12"', 2, 4],
  ['shift_supervisor_desk', '"EXT-%s"', 2100, 2999],
  ['line_speed', '{"target": %s, "unit": "units/min"}', 80, 320],
  ['reject_limit', '{"alert": 0.%s, "action": 1.5}', 20, 90],
  ['batch_prefix', '"VX-%s"', 10, 99],
  ['label_template', '"label-v%s"', 3, 9],
  ['printer_address', '"10.20.3.%s"', 10, 250],
  ['scale_serial', '"SC-%s"', 10000, 99999],
  ['retention_years', '%s', 5, 15],
  ['sample_size', '%s', 5, 50],
  ['water_conductivity_limit', '{"max": 1.%s, "unit": "µS/cm"}', 1, 9],
  ['toc_limit', '{"max": %s, "unit": "ppb"}', 250, 500],
  ['gowning_procedure', '"SOP-GWN-%s"', 100, 400],
  ['cleaning_procedure', '"SOP-CLN-%s"', 100, 400],
  ['line_clearance_required', 'true', 0, 0],
  ['electronic_batch_record', 'false', 0, 0],
  ['downtime_codes', '["mechanical", "changeover", "material", "cleaning"]', 0, 0],
  ['last_media_fill', 'null', 0, 0],
]

export const plantKeys: typeof siteKeys = [
  ['licence_number', '"MFG-%s"', 10000, 99999],
  ['time_zone', '"Asia/Kolkata"', 0, 0],
  ['quality_head_desk', '"EXT-%s"', 1000, 1999],
  ['document_retention_years', '%s', 10, 15],
]

const insert = `
  insert into public.metadata (plant, site, key, value, updated_by, updated_at)
  select plant, site, key,
         replace(template, '%s', (low + pg_temp.h(concat_ws(' ', plant, site, key)) % (high - low + 1))::text)::jsonb,
         pg_temp.uuid('user ' || 1 + pg_temp.h(concat_ws(' ', 'editor', plant, site, key)) % 200),
         pg_temp.moment($1, 0.6 + 0.4 * (pg_temp.h(concat_ws(' ', 'edited', plant, site, key)) % 10000) / 10000.0)
    from unnest(pg_temp.plants()) plant
   cross join unnest($2::text[]) as site
   cross join unnest($3::text[], $4::text[], $5::int[], $6::int[]) as keys (key, template, low, high)
   order by plant, site, key`

/** 30 keys at each of 4 sites of 10 plants, and 4 keys of each plant as a whole: 1,240 values. */
export const seedMetadata = async (client: pg.ClientBase, base: Date): Promise<void> => {
  const { rows } = await client.query<{ sites: string[] }>('select pg_temp.sites() as sites')
  for (const [sites, keys] of [
    [[null], plantKeys],
    [rows[0]?.sites ?? [], siteKeys],
  ] as const) {
    const column = (index: 0 | 1 | 2 | 3) => keys.map((key) => key[index])
    await client.query(insert, [base, sites, column(0), column(1), column(2), column(3)])
  }
}

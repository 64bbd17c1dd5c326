/** The letter of `acldefault()` for a kind of object. */
export type AclKind = 'r' | 's' | 'c' | 'f' | 'T' | 'n' | 'd' | 'l' | 'F' | 'S'

/**
 * SQL for a jsonb object of grants by grantee: `{"grants to viruj_dba": "INSERT, SELECT"}`. No ACL stands for the one that the
 * kind has by default. Order and grantor are left out: they make no difference to who may do what.
 */
export const grants = (kind: AclKind, acl: string, owner: string): string => `
  (select coalesce(jsonb_object_agg(grantee, privileges), '{}')
     from (select grantee, string_agg(privilege, ', ' order by privilege) as privileges
             from (select distinct on (grantee, privilege_type) grantee, privilege_type
                          || case when is_grantable then ' WITH GRANT OPTION' else '' end as privilege
                     from (select 'grants to ' || case when x.grantee = 0 then 'PUBLIC'
                                                       when x.grantee = ${owner} then 'its owner'
                                                       else quote_ident(pg_get_userbyid(x.grantee)) end as grantee,
                                  x.privilege_type, x.is_grantable
                             from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) as x) as exploded
                    order by grantee, privilege_type, is_grantable desc) as each_once
            group by grantee) as by_grantee)`

-- Settings that somebody may set who otherwise could not; from PostgreSQL 15 on. Besides rights.sql.
select jsonb_build_object('what', 'parameter', 'name', p.parname, 'acl', (
  select pg_catalog.jsonb_agg(jsonb_build_object('to', g.grantee, 'may', g.may, 'grants', g.grants))
  from (select r.rolname as grantee, pg_catalog.array_agg(distinct a.privilege_type order by a.privilege_type) as may,
               coalesce(pg_catalog.array_agg(distinct a.privilege_type order by a.privilege_type) filter (where a.is_grantable), '{}') as grants
        from pg_catalog.aclexplode(p.paracl) a left join pg_catalog.pg_roles r on r.oid = a.grantee
        where a.grantee = 0 or r.oid is not null group by r.rolname) g)) as line
from pg_catalog.pg_parameter_acl p

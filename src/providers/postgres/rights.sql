-- Who may do what in the database this is run in, one JSON object a line. It reads the catalogue and nothing else, and every role may run it.
with acl_of as (
  select 'database' as what, jsonb_build_object('name', d.datname, 'owner', pg_catalog.pg_get_userbyid(d.datdba)) as facts,
         coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba)) as acl
  from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
  union all
  select 'schema', jsonb_build_object('name', n.nspname, 'owner', pg_catalog.pg_get_userbyid(n.nspowner)),
         coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))
  from pg_catalog.pg_namespace n where n.nspname !~ '^pg_(toast|temp)'
  union all
  -- Of the catalogue itself only what is not everybody's to read, and what was changed.
  select case when c.relkind = 'S' then 'sequence' else 'table' end,
         jsonb_build_object('schema', n.nspname, 'name', c.relname, 'owner', pg_catalog.pg_get_userbyid(c.relowner))
         || case when c.relkind = 'S' then '{}' else jsonb_build_object(
           'kind', case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' when 'm' then 'materialised view' else 'foreign table' end,
           'rowSecurity', case when not c.relrowsecurity then 'no' when c.relforcerowsecurity then 'forced' else 'yes' end) end,
         coalesce(c.relacl, pg_catalog.acldefault(case when c.relkind = 'S' then 's' else 'r' end::"char", c.relowner))
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname !~ '^pg_(toast|temp)' and n.nspname <> 'information_schema'
    and (n.nspname <> 'pg_catalog'
      or c.relacl is distinct from (select i.initprivs from pg_catalog.pg_init_privs i where i.objoid = c.oid and i.classoid = 'pg_catalog.pg_class'::regclass and i.objsubid = 0)
      or not exists (
      select from pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) a where a.grantee = 0 and a.privilege_type = 'SELECT'))
  union all
  select 'column', jsonb_build_object('schema', n.nspname, 'table', c.relname, 'name', t.attname, 'owner', pg_catalog.pg_get_userbyid(c.relowner)), t.attacl
  from pg_catalog.pg_attribute t join pg_catalog.pg_class c on c.oid = t.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where t.attacl is not null and not t.attisdropped and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select 'function', jsonb_build_object('schema', n.nspname, 'signature', p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
           'owner', pg_catalog.pg_get_userbyid(p.proowner), 'definer', p.prosecdef, 'language', l.lanname, 'returns', pg_catalog.format_type(p.prorettype, null),
           'extension', (select e.extname from pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid
                         where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e' limit 1),
           'searchPath', (select pg_catalog.substr(c, 13) from pg_catalog.unnest(p.proconfig) c where c like 'search_path=%'),
           'text', case when p.prosecdef and l.lanname in ('sql', 'plpgsql') and to_jsonb(p) ->> 'prosqlbody' is null then jsonb_build_object(
             -- Runs an argument as it stands; runs text that it puts together; grants, or changes roles; leaves the schema of names to the path.
             'runsArgument', said.bare ~ ('\mexecute\s+(\$\d+' || coalesce((select '|' || pg_catalog.string_agg(distinct pg_catalog.lower(a), '|') from pg_catalog.unnest(p.proargnames) a where a ~* '^[a-z_][a-z0-9_]*$'), '') || ')\s*(;|into|using)')
               and l.lanname = 'plpgsql',
             'runsBuilt', said.bare ~ '\mexecute\s+(?!(procedure|function)\M)(?!''''\s*(;|into|using))' and l.lanname = 'plpgsql',
             'grants', said.bare ~ '\mgrant\M|\m(create|alter)\s+(role|user|group|system)\M|\mreassign\s+owned\M|\mcopy\M.*\mprogram\M',
             'leavesCalls', said.calls ~ '(^|[^.\w"])(?!(all|and|any|array|as|between|bigint|bit|by|case|cast|char|character|check|coalesce|conflict|declare|decimal|default|distinct|double|else|elsif|elseif|except|exists|extract|filter|first|float|for|foreach|foreign|from|greatest|group|grouping|having|if|in|in|int|integer|intersect|interval|into|join|key|last|lateral|least|like|limit|loop|materialized|merge|natural|normalize|not|nullif|numeric|offset|on|only|or|order|over|overlay|partition|perform|position|precision|primary|raise|range|references|return|returning|rollup|row|rows|select|set|setof|some|sqlstate|substring|table|then|time|timestamp|trim|union|unique|until|using|values|varchar|varying|when|where|while|window|with|within|xmlelement)\M)[a-z_]\w*\s*\(|[-+/<>=~@#%^&|!`?]',
             'leavesTables', said.names ~ '\m(from|join|insert\s+into|update|delete\s+from)\s+(only\s+)?(?!(set|of|nowait|skip|only|lateral|unnest|select|values)\M)("[^"]*"|[a-z_]\w*)(?!\s*[.(]|\w)') end),
         coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace join pg_catalog.pg_language l on l.oid = p.prolang
  cross join lateral (select pg_catalog.lower(pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.regexp_replace(
      p.prosrc, '/\*.*?\*/', ' ', 'g'), '--[^\n]*', ' ', 'g'), '''([^'']|'''')*''', '''''', 'g')) as bare) stripped
  cross join lateral (select stripped.bare,
      -- What is left when the signs that are no operators of a path are taken out: assignments, named arguments, stars, casts' colons.
      pg_catalog.regexp_replace(pg_catalog.regexp_replace(stripped.bare, ':=|=>|\.\*|\moperator\s*\([^)]*\)|"[^"]*"\s*\.\s*("[^"]*"|\w+)|<<\w+>>|\m(set|into)\s+\w+\s*=', ' ', 'g'), '\(\s*\*\s*\)|\mselect\s+\*', ' ', 'g') as calls,
      pg_catalog.regexp_replace(stripped.bare, '\m(extract|substring|trim|overlay|position)\s*\([^)]*\)|\mis\s+(not\s+)?distinct\s+from\M|\mfor\s+update\M|\mon\s+conflict\M.*\mdo\s+update\M', ' ', 'g') as names) said
  where n.nspname !~ '^pg_(toast|temp)' and n.nspname <> 'information_schema' and (n.nspname <> 'pg_catalog' or p.proacl is not null)
  union all
  select 'language', jsonb_build_object('name', l.lanname, 'owner', pg_catalog.pg_get_userbyid(l.lanowner), 'trusted', l.lanpltrusted),
         coalesce(l.lanacl, pg_catalog.acldefault('l', l.lanowner))
  from pg_catalog.pg_language l
  union all
  select 'wrapper', jsonb_build_object('name', w.fdwname, 'owner', pg_catalog.pg_get_userbyid(w.fdwowner)), coalesce(w.fdwacl, pg_catalog.acldefault('F', w.fdwowner))
  from pg_catalog.pg_foreign_data_wrapper w
  union all
  select 'server', jsonb_build_object('name', s.srvname, 'owner', pg_catalog.pg_get_userbyid(s.srvowner), 'wrapper', w.fdwname,
           'at', (select pg_catalog.string_agg(o, ' ' order by o) from pg_catalog.unnest(s.srvoptions) o where o ~ '^(host|hostaddr|port|dbname)=')),
         coalesce(s.srvacl, pg_catalog.acldefault('S', s.srvowner))
  from pg_catalog.pg_foreign_server s join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
  union all
  select 'future', jsonb_build_object('creator', pg_catalog.pg_get_userbyid(d.defaclrole), 'schema', n.nspname,
           'of', case d.defaclobjtype when 'r' then 'table' when 'f' then 'function' when 'S' then 'sequence' when 'T' then 'type' when 'n' then 'schema' else 'large object' end), d.defaclacl
  from pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
)
select jsonb_build_object('what', 'cluster', 'version', pg_catalog.current_setting('server_version_num')::int, 'database', pg_catalog.current_database()) as line
union all
select jsonb_build_object('what', 'role', 'name', rolname, 'superuser', rolsuper, 'login', rolcanlogin, 'createRole', rolcreaterole, 'createDatabase', rolcreatedb,
         'replication', rolreplication, 'bypassRowSecurity', rolbypassrls)
from pg_catalog.pg_roles
union all
-- Before PostgreSQL 16 the member alone says whether it inherits, and every member may take the role's place.
select jsonb_build_object('what', 'member', 'role', r.rolname, 'member', m.rolname, 'admin', pg_catalog.bool_or(a.admin_option),
         'inherits', pg_catalog.bool_or(coalesce((to_jsonb(a) ->> 'inherit_option')::boolean, m.rolinherit)),
         'sets', pg_catalog.bool_or(coalesce((to_jsonb(a) ->> 'set_option')::boolean, true)))
from pg_catalog.pg_auth_members a join pg_catalog.pg_roles m on m.oid = a.member join pg_catalog.pg_roles r on r.oid = a.roleid
group by r.rolname, m.rolname
union all
select facts || jsonb_build_object('what', what, 'acl', coalesce((
  select pg_catalog.jsonb_agg(jsonb_build_object('to', g.grantee, 'may', g.may, 'grants', g.grants))
  from (select r.rolname as grantee, pg_catalog.array_agg(distinct a.privilege_type order by a.privilege_type) as may,
               coalesce(pg_catalog.array_agg(distinct a.privilege_type order by a.privilege_type) filter (where a.is_grantable), '{}') as grants
        from pg_catalog.aclexplode(acl) a left join pg_catalog.pg_roles r on r.oid = a.grantee
        where a.grantee = 0 or r.oid is not null group by r.rolname) g), '[]'))
from acl_of
union all
select jsonb_build_object('what', 'mapping', 'server', m.srvname, 'role', nullif(m.usename, 'public'),
         'user', (select pg_catalog.substr(o, 6) from pg_catalog.unnest(m.umoptions) o where o like 'user=%'))
from pg_catalog.pg_user_mappings m
union all
select jsonb_build_object('what', 'event trigger', 'name', t.evtname, 'owner', pg_catalog.pg_get_userbyid(t.evtowner), 'event', t.evtevent,
         'schema', n.nspname, 'signature', p.proname || '()', 'functionOwner', pg_catalog.pg_get_userbyid(p.proowner))
from pg_catalog.pg_event_trigger t join pg_catalog.pg_proc p on p.oid = t.evtfoid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where t.evtenabled <> 'D'

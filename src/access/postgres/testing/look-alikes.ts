import { own, PROGRAM, RISE } from './escalations.ts'

/** What looks like a way up and is none. */
export interface LookAlike {
  name: string
  since?: number
  until?: number
  setup: string[]
  attempt: string[]
  /** What the server says; without it the attempt goes through and gives nothing. */
  refused?: RegExp
}

export const LOOK_ALIKES: LookAlike[] = [
  {
    name: 'a membership that may not be taken',
    since: 16,
    setup: ['grant $boss to $user with inherit false, set false'],
    attempt: ['set role $boss'],
    refused: /permission denied/,
  },
  {
    name: 'a superuser’s privileges without a function of its to write',
    since: 16,
    setup: ['grant $boss to $user with inherit true, set false'],
    attempt: [RISE],
    refused: /permission denied/,
  },
  {
    name: 'a function of a superuser where its heir may not create',
    since: 16,
    setup: [
      'grant $boss to $user with inherit true, set false',
      'create schema app; grant usage on schema app to $user',
      'set role $boss; create function app.one() returns int language sql as $x$ select 1 $x$; reset role',
    ],
    attempt: ['create or replace function app.one() returns int language sql security definer as $x$ select 2 $x$'],
    refused: /permission denied for schema app/,
  },
  {
    name: 'the right to give a superuser away',
    since: 16,
    setup: ['grant $boss to $user with admin true, inherit false, set false'],
    attempt: ['grant $boss to $user with set true'],
    refused: /permission denied/,
  },
  {
    name: 'a right that is neither inherited nor taken',
    since: 16,
    setup: ['grant pg_execute_server_program to $user with inherit false, set false'],
    attempt: [PROGRAM],
    refused: /permission denied/,
  },
  {
    name: 'creating roles, where that gives the created ones alone',
    since: 16,
    setup: ['alter role $user createrole', 'grant pg_execute_server_program to $mid'],
    attempt: ['grant $mid to $user'],
    refused: /permission denied/,
  },
  {
    name: 'a function that is not theirs to call',
    setup: [own('begin execute what; return null; end'), 'revoke execute on function f(text) from public'],
    attempt: [`select f('alter role $user superuser')`],
    refused: /permission denied for function/,
  },
  {
    name: 'a function in a schema that is closed',
    setup: [
      'create schema shut',
      'set search_path = shut',
      own('begin execute what; return null; end'),
      'reset search_path',
    ],
    attempt: [`select shut.f('alter role $user superuser')`],
    refused: /permission denied for schema/,
  },
  {
    name: 'a function that acts as its caller',
    setup: [
      'create function f(what text) returns text language plpgsql as $x$ begin execute what; return null; end $x$',
    ],
    attempt: [`select f('alter role $user superuser')`],
    refused: /permission denied|must be superuser/,
  },
  {
    name: 'a function whose names all say their schema',
    setup: [own('select pg_catalog.upper(what)', '', 'sql'), 'create schema app authorization $user'],
    attempt: [
      'create function app.upper(text) returns text language plpgsql as $x$ begin alter role $user superuser; return $1; end $x$',
      'set search_path = app, pg_catalog, public',
      `select public.f('x')`,
    ],
  },
  {
    name: 'a function with a path of its own',
    setup: [
      own('select upper(what)', 'set search_path = pg_catalog, pg_temp', 'sql'),
      'create schema app authorization $user',
    ],
    attempt: [
      'create function app.upper(text) returns text language plpgsql as $x$ begin alter role $user superuser; return $1; end $x$',
      'set search_path = app, pg_catalog, public',
      `select public.f('x')`,
    ],
  },
  {
    name: 'a function that runs a text of its own',
    setup: [
      own(
        `begin execute 'select 1'; perform pg_catalog.now(); return null; end`,
        'set search_path = pg_catalog, pg_temp',
      ),
    ],
    attempt: [`select f('alter role $user superuser')`],
  },
  {
    name: 'a function with free names where nobody may create',
    setup: [
      own('select upper(what)', '', 'sql'),
      'revoke create on schema public from public',
      'revoke temporary on database $database from public',
    ],
    attempt: ['create schema app'],
    refused: /permission denied for database/,
  },
  {
    name: 'a function of the server’s name in another schema',
    setup: ['create function public.lo_export(oid, text) returns int language sql as $x$ select 1 $x$'],
    attempt: [`select public.lo_export(1, '$folder/never')`],
  },
  {
    name: 'a language that is not trusted',
    setup: ['grant create on schema public to $user'],
    attempt: [`create function public.out(oid, text) returns int strict language internal as 'be_lo_export'`],
    refused: /permission denied for language/,
  },
  {
    name: 'an event trigger whose function is another’s',
    setup: [
      'create schema app authorization $user',
      'create function app.seen() returns event_trigger language plpgsql as $x$ begin end $x$',
      'create event trigger $database_seen on ddl_command_end execute function app.seen()',
    ],
    attempt: ['create or replace function app.seen() returns event_trigger language plpgsql as $x$ begin end $x$'],
    refused: /must be owner of function/,
  },
  {
    name: 'a setting that names no program',
    setup: ['grant alter system on parameter work_mem to $user'],
    attempt: [`alter system set archive_command = 'true'`],
    refused: /permission denied/,
  },
  {
    name: 'a mapping to a server that is not theirs to use',
    setup: [
      `create extension postgres_fdw; create server billing foreign data wrapper postgres_fdw; create user mapping for $user server billing options (user 'shop')`,
    ],
    attempt: ['create foreign table pg_temp.bills (id int) server billing'],
    refused: /permission denied for foreign server/,
  },
]

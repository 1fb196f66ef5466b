-- A passkey signs in at the name of the server where it was made, and nowhere else.
create table passkey (
  id text primary key,
  account text not null references account on delete cascade,
  -- As browsers name it.
  credential text not null unique,
  public_key bytea not null,
  -- How often the device says it was used; one that goes back is a copy.
  counter bigint not null,
  transports text[] not null,
  site text not null,
  name text not null check (length(name) between 1 and 200),
  -- Kept by the person's own accounts on several devices, rather than on one.
  synced boolean not null,
  created timestamptz not null,
  last_used timestamptz
);
create index on passkey (account);

-- What a browser is asked to sign, once and within minutes. Without an account it is for signing in.
create table challenge (
  hash bytea primary key,
  account text references account on delete cascade,
  expires timestamptz not null
);
create index on challenge (expires);

alter table session add column id text generated always as (encode(substring(hash from 1 for 9), 'hex')) stored;
alter table session add column means text not null default 'link' check (means in ('link', 'passkey'));
-- What the browser calls itself.
alter table session add column agent text;
create unique index session_id on session (id);

-- How the console looks and listens for this person.
alter table account add column liking jsonb not null default '{}';

-- What an installation decided about its own upkeep, and what came of it last.
create table setting (
  name text primary key,
  value jsonb not null,
  by text not null,
  at timestamptz not null
);

create table backup (
  id text primary key,
  by text not null,
  started timestamptz not null,
  -- The last sign of life while it is written.
  seen timestamptz not null,
  ended timestamptz,
  file text not null,
  with_key boolean not null,
  -- Asked for by the schedule: the oldest of these make room.
  scheduled boolean not null,
  tables int not null default 0,
  of_tables int,
  bytes bigint not null default 0,
  error jsonb
);

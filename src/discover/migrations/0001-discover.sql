create table connection (
  id text primary key,
  provider text not null,
  label text not null,
  -- All settings as given, sealed to this id and version.
  settings bytea not null,
  version int not null,
  -- The settings that are no secret, and the names of the secret ones that are set.
  shown jsonb not null,
  secrets text[] not null,
  schedule text,
  enabled boolean not null default true,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null
);

create table run (
  id int generated always as identity primary key,
  connection text not null,
  state text not null check (state in ('waiting', 'running', 'done', 'partial', 'failed', 'cancelled')),
  requested_at timestamptz not null,
  requested_by text not null,
  started_at timestamptz,
  -- The last sign of life.
  seen_at timestamptz,
  ended_at timestamptz,
  cancel_requested boolean not null default false,
  -- What each collection has given so far, while it runs and after.
  progress jsonb not null default '[]',
  -- The ledger's lines of this run, when it has ended.
  lines jsonb not null default '[]',
  -- What it changed in the graph.
  changes jsonb,
  error jsonb
);
create index run_connection on run (connection, id desc);
-- One run of a connection waits or runs.
create unique index run_open on run (connection) where state in ('waiting', 'running');

-- Keys are interned, so that edges are small and a dangling edge resolves by itself when its other end appears. A key is never
-- removed: history refers to it. `same_as` names the key that stands for it while both are one credential by fingerprint.
create table key (
  id int generated always as identity primary key,
  key text collate "C" not null unique,
  same_as int
);
create index key_same_as on key (same_as) where same_as is not null;

-- Who said it. The state of the last read is here; each line of it is in `ledger`.
create table source (
  id int generated always as identity primary key,
  connection text not null,
  collection text not null,
  yields text[] not null,
  -- Was the last read whole?
  complete boolean not null,
  read_at timestamptz not null,
  -- The last whole read; null for never.
  complete_at timestamptz,
  removed_at timestamptz,
  unique (connection, collection)
);

create table ledger (
  source_id int not null references source on delete cascade,
  scope text not null,
  expected int,
  obtained int not null,
  refused int not null,
  reason text,
  permission text,
  since timestamptz,
  primary key (source_id, scope)
);

-- What one source says of one key, from `valid_from` until before `valid_to`; the open row is what it says now.
create table entity (
  key_id int not null,
  source_id int not null,
  type text not null,
  -- Of credentials alone: what merges them.
  fingerprint text,
  body jsonb not null,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create unique index entity_open on entity (source_id, key_id) where valid_to is null;
create index entity_history on entity (key_id, valid_from);
create index entity_fingerprint on entity (fingerprint) where fingerprint is not null;
create index entity_from on entity using brin (valid_from);
create index entity_to on entity (valid_to) where valid_to is not null;

create type verb as enum (
  'authenticates', 'holds', 'uses', 'runs-as', 'assumes', 'has', 'allows', 'owns', 'controls', 'created', 'contains', 'called'
);

-- A sentence of one source. `from_key` and `to_key` are as the source named them; `from_id` and `to_id` are the nodes they
-- stand for now. Two sentences that differ in their attributes are two rows, so an edge never changes: it comes and goes.
create table edge (
  from_id int not null,
  to_id int not null,
  from_key int not null,
  to_key int not null,
  source_id int not null,
  verb verb not null,
  digest uuid not null,
  attributes jsonb,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create unique index edge_open on edge (source_id, from_key, to_key, verb, digest) where valid_to is null;
create index edge_out on edge (from_id, verb);
create index edge_in on edge (to_id, verb);
create index edge_from on edge using brin (valid_from);
create index edge_to on edge (valid_to) where valid_to is not null;

-- What is now: one row for each living thing, the union of its descriptions. Made from the tables above and only from them.
create table node (
  id int primary key,
  key text collate "C" not null,
  kind text not null,
  type text not null,
  name text not null,
  connections text[] not null,
  sources int[] not null,
  created timestamptz,
  expires timestamptz,
  last_used timestamptz,
  last_used_by text,
  -- Own or flowing down `contains`; `…_from` is the node that says so.
  environment text,
  environment_from int,
  -- What another container, as near as that one, says instead.
  environment_disputed text,
  sensitivity text,
  sensitivity_from int,
  tier smallint,
  tier_from int,
  method text,
  fingerprint text,
  aliases text[] not null,
  account_kind text,
  -- The same as numbers, to go on from: see projection-flow.ts.
  flow bigint[],
  -- Accountable people (owns), and who may change it at its source (controls).
  owners int[] not null default '{}',
  controllers int[] not null default '{}',
  container int,
  -- What authenticates it.
  credentials int not null default 0,
  methods text[] not null default '{}',
  oldest_credential timestamptz,
  first_seen timestamptz not null,
  changed_at timestamptz not null,
  body jsonb not null
);
create index node_name on node (kind, lower(left(name, 100)), id);
create index node_type on node (type);
create index node_last_used on node (kind, last_used, id);
create index node_expires on node (expires) where expires is not null;
create index node_fingerprint on node (fingerprint) where fingerprint is not null;
create index node_aliases on node using gin (aliases);
create index node_owners on node using gin (owners);

-- Runs whose changes are in the tables above: written in the same transaction.
create table applied (
  run bigint primary key,
  connection text not null,
  at timestamptz not null,
  counts jsonb not null
);

-- Which collections of a run are staged whole. Unlogged like the stage itself: both survive Node, neither survives PostgreSQL.
create unlogged table sealed (
  run bigint,
  collection text,
  number smallint not null,
  receipt jsonb not null,
  primary key (run, collection)
);

create aggregate merged(jsonb) (sfunc = jsonb_concat, stype = jsonb, initcond = '{}');

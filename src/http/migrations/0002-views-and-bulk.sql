-- An address of the inventory with a name. `account` is who made it; whoever is `command line` has no account.
create table view (
  id text primary key,
  account text not null,
  made_by text not null,
  name text not null check (length(name) between 1 and 80),
  kind text not null,
  q text not null,
  sort text not null,
  -- As the address says them: `name:320,owner,lastUsed`; empty for those of the kind.
  columns text not null,
  -- Everybody sees it.
  shared boolean not null,
  created timestamptz not null,
  changed timestamptz not null,
  deleted timestamptz
);
create index view_account on view (account) where deleted is null;
create index view_shared on view (shared) where shared and deleted is null;

-- One act on many entities, done row by row: what came of each stands in `bulk_row`.
create table bulk (
  id bigint generated always as identity primary key,
  account text not null,
  by text not null,
  what text not null check (what in ('owner', 'label', 'mute', 'undo')),
  given jsonb not null,
  total int not null,
  done int not null default 0,
  refused int not null default 0,
  created timestamptz not null,
  -- Null while it runs.
  ended timestamptz,
  stopped boolean not null default false,
  -- The bulk that takes this one back.
  undone_by bigint
);
create index bulk_account on bulk (account, id);

create table bulk_row (
  bulk bigint not null references bulk on delete cascade,
  place int not null,
  entity text collate "C" not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
  code text,
  says text,
  -- What takes it back: assignments, or steps of findings.
  undo bigint[] not null default '{}',
  primary key (bulk, place)
);
create index bulk_row_waiting on bulk_row (bulk, place) where state = 'waiting';
create index bulk_row_refused on bulk_row (bulk, place) where state = 'refused';

-- What Reeve works out of what was collected: who can become whom, and who reaches what, each row with the permission and the object
-- that give it. A row never changes, it comes and goes, so that the past is told by the same table. Keys are as the maker named them.
create type derived_verb as enum ('reaches', 'escalates-to');

create table derived_edge (
  maker text not null,
  verb derived_verb not null,
  from_key int not null,
  to_key int not null,
  digest uuid not null,
  actions text[] not null,
  object text,
  -- Null when it holds; else the sentence that says what it turns on.
  depends_on text,
  says text not null,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create unique index derived_edge_open on derived_edge (maker, from_key, to_key, verb, digest) where valid_to is null;
create index derived_edge_out on derived_edge (from_key);
create index derived_edge_in on derived_edge (to_key);
create index derived_edge_to on derived_edge (valid_to) where valid_to is not null;

-- When each maker last worked, and when what it made last changed.
create table derivation (
  maker text primary key,
  at timestamptz not null,
  changed_at timestamptz not null
);
create trigger keeps after insert or update or delete on derivation for each statement execute function keep();

-- What people decided about entities: who answers for one, and what it is. Kept by the entity's key, with the other names it
-- bore, so that a decision survives that its source gives it a new name. `sort` is `owner`, or the name of a label.
create table assignment (
  id bigint generated always as identity primary key,
  entity text collate "C" not null,
  -- As it was when assigned, to find it again.
  aliases text[] not null,
  fingerprint text,
  sort text not null,
  -- Owner: the person's key. Label: its value.
  value text not null,
  -- Owner: what the person is called.
  name text,
  reason text,
  by text not null,
  at timestamptz not null,
  -- Null while in force.
  ended_at timestamptz,
  ended_by text
);
create unique index assignment_in_force on assignment (entity, sort) where ended_at is null;
create index assignment_value on assignment (value) where ended_at is null;

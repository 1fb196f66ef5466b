-- Durable steps: what a run has done already, and who may go on with it.
create table step_run (
  run text primary key,
  holder uuid not null,
  taken timestamptz not null default now()
);
create table step (
  run text references step_run on delete cascade,
  name text,
  result jsonb,
  done timestamptz not null default now(),
  primary key (run, name)
);

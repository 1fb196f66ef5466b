-- A change at a source, as it was frozen when somebody planned it; it goes open → approved → running → done, and back by undoing → undone.
create table plan (
  id bigint generated always as identity primary key,
  -- The action of the providers that it is made of.
  action text not null,
  -- How owners are written back, as decided when it was made.
  settings jsonb not null,
  by text not null,
  at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'approved', 'running', 'done', 'undoing', 'undone', 'withdrawn')),
  approved_by text,
  approved_at timestamptz,
  approved_until timestamptz,
  reason text,
  applied_by text,
  -- Who works it off now: whoever took it over before can write nothing more.
  runner uuid,
  stopped boolean not null default false,
  ended_at timestamptz
);

-- What would be, and was, done with one thing.
create table plan_item (
  plan bigint not null references plan on delete cascade,
  place int not null,
  entity text collate "C" not null,
  type text not null,
  name text not null,
  aliases text[] not null,
  -- Through which it is changed; null where nothing can be.
  connection text,
  -- What is written, place by place: what stood there when it was last read, and what is to stand there.
  changes jsonb not null default '[]',
  read_at timestamptz,
  state text not null check (state in ('agrees', 'cannot', 'conflict', 'left-out', 'ready', 'done', 'refused', 'failed', 'undone', 'kept')),
  -- Why it cannot, was refused or failed; of a conflict, what stands in the way.
  code text,
  says text,
  permission text,
  -- Of a conflict: whom the source names, where that is somebody known.
  names text,
  names_called text,
  -- Read back from the source after it was written.
  verified boolean,
  at timestamptz,
  primary key (plan, place)
);
create unique index plan_item_entity on plan_item (plan, entity);
create index plan_item_state on plan_item (plan, state, place);

-- What Reeve itself wrote at a source and has not taken back: what stands there otherwise, somebody else wrote.
create table written (
  id bigint generated always as identity primary key,
  entity text collate "C" not null,
  place text not null,
  value text not null,
  plan bigint,
  at timestamptz not null,
  ended_at timestamptz
);
create unique index written_in_force on written (entity, place) where ended_at is null;

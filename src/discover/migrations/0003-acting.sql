-- With what a connection may change something: a grant of its own, apart from the settings that read. Absent: nothing.
create table acting (
  connection text primary key references connection on delete cascade,
  -- As given, sealed to this connection and version.
  settings bytea not null,
  version int not null,
  -- What of it is no secret, and the names of the secret ones that are set.
  shown jsonb not null,
  secrets text[] not null,
  changed_at timestamptz not null,
  changed_by text not null
);

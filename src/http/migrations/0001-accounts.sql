create table account (
  id text primary key,
  name text not null check (length(name) between 1 and 200),
  email text unique,
  role text not null check (role in ('viewer', 'owner', 'operator', 'admin')),
  created timestamptz not null,
  last_seen timestamptz,
  disabled timestamptz
);

-- A one-time link. Without an account it makes the first admin.
create table link (
  hash bytea primary key,
  account text references account on delete cascade,
  issued_by text not null,
  created timestamptz not null,
  expires timestamptz not null,
  used timestamptz
);

create table session (
  hash bytea primary key,
  account text not null references account on delete cascade,
  csrf text not null,
  created timestamptz not null,
  expires timestamptz not null,
  last_seen timestamptz not null
);
create index on session (account);

create table token (
  id text primary key,
  hash bytea not null unique,
  account text not null references account on delete cascade,
  name text not null check (length(name) between 1 and 200),
  prefix text not null,
  scopes text[] not null,
  created timestamptz not null,
  expires timestamptz,
  last_used timestamptz,
  revoked timestamptz
);
create index on token (account);

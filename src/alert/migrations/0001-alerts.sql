-- Where alerts go. `settings` are sealed; `shown` is what of them may be seen.
create table channel (
  id text primary key,
  kind text not null,
  label text not null,
  settings bytea not null,
  version int not null,
  shown jsonb not null,
  secrets text[] not null,
  -- Which alerts it gets: { "events", "severity", "sources", "environments", "owners", "closings" }.
  filter jsonb not null,
  paused boolean not null default false,
  -- Null until it was told what was open when it came.
  introduced_at timestamptz,
  -- The other side asked for a rest until then.
  hold_until timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null
);

-- A condition that began to hold, and what it is about. While it holds there is one row; `level` rises, and never falls.
create table alert (
  id uuid primary key default gen_random_uuid(),
  condition text not null,
  event text not null check (event in ('ending', 'age', 'finding', 'privilege', 'ownership')),
  subject text collate "C" not null,
  name text not null,
  kind text not null,
  level smallint not null,
  severity text not null,
  -- 0 critical to 4 info.
  rank smallint not null,
  says text not null,
  because text[] not null,
  fix text[] not null,
  -- `F-1043`, where a finding says it.
  finding text,
  ends timestamptz,
  sources text[] not null,
  environment text,
  owner text,
  owner_name text,
  opened_at timestamptz not null,
  raised_at timestamptz not null,
  -- When the backup owner was told, because it stayed open.
  overdue_at timestamptz,
  closed_at timestamptz,
  closed_says text
);
create unique index alert_open on alert (condition) where closed_at is null;
create index alert_closed on alert (closed_at) where closed_at is not null;
create index alert_subject on alert (subject) where closed_at is null;

-- What has to go out: written with what caused it, sent at least once, known by its id on the other side.
create table delivery (
  id uuid primary key default gen_random_uuid(),
  number bigint generated always as identity,
  channel text not null references channel on delete cascade,
  -- An address of a person; null for where the channel leads.
  recipient text,
  -- What it is about, on the other side: a later word about it follows the earlier one.
  topic text not null,
  what text not null check (what in ('opened', 'closed', 'digest', 'overdue', 'test')),
  message jsonb not null,
  alerts uuid[] not null,
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'dead')),
  attempts int not null default 0,
  next_at timestamptz not null,
  error_code text,
  error text,
  created_at timestamptz not null,
  ended_at timestamptz
);
create index delivery_due on delivery (next_at) where state in ('waiting', 'sending');
create index delivery_topic on delivery (channel, topic, number);
create index delivery_recent on delivery (created_at);

-- What was read of a source before, so that a first read, or the first whole one, is not news.
create table baseline (
  source int primary key,
  complete boolean not null
);

-- Privileged grants that were seen last, so that one is told once.
create table privilege (
  sentence text primary key
);

-- Secret addresses of calendars. Only a digest of each is kept.
create table feed (
  id text primary key,
  hash bytea not null unique,
  account text not null,
  -- Only what the person answers for.
  mine boolean not null,
  name text not null check (length(name) between 1 and 200),
  created timestamptz not null,
  last_used timestamptz,
  revoked timestamptz
);
create index feed_account on feed (account);

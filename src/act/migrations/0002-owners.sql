-- What was done in one go, and is taken back in one go: an import, a hand-over, suggestions accepted, an answer.
create table batch (
  id bigint generated always as identity primary key,
  what text not null check (what in ('import', 'people', 'accept', 'handover', 'team', 'answer')),
  by text not null,
  at timestamptz not null,
  -- What came of it, in numbers.
  counts jsonb not null default '{}',
  undone_at timestamptz,
  undone_by text
);

-- `sort` may now be `backup` too: a second person, who gets what is overdue. Of an owner: the team for which that person stands.
alter table assignment add column batch bigint references batch, add column team text;
create index assignment_batch on assignment (batch) where batch is not null;
create index assignment_team on assignment (team) where team is not null and ended_at is null;

-- A team answers through one accountable person. A change ends the row and begins another, so that a past moment can be shown.
create table team (
  row bigint generated always as identity primary key,
  id text not null check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (length(name) between 1 and 200),
  contact text,
  -- Keys of people, and what they are called.
  accountable text collate "C" not null,
  accountable_name text not null,
  members text[] not null,
  member_names text[] not null,
  by text not null,
  at timestamptz not null,
  ended_at timestamptz,
  ended_by text
);
create unique index team_in_force on team (id) where ended_at is null;

-- A list of people that somebody brought in: who is here, and who left when. Changes end a row and begin another.
create table person (
  row bigint generated always as identity primary key,
  key text collate "C" not null,
  name text not null,
  status text not null check (status in ('active', 'left')),
  left_on date,
  -- The key of the person they report to.
  manager text collate "C",
  batch bigint references batch,
  by text not null,
  at timestamptz not null,
  ended_at timestamptz,
  ended_by text
);
create unique index person_in_force on person (key) where ended_at is null;
create index person_batch on person (batch) where batch is not null;

-- What an owner said of a thing, with what was shown when they said it. Never changed: who thinks otherwise says so in a row of
-- its own, and so does who takes an answer back.
create table certification (
  id bigint generated always as identity primary key,
  entity text collate "C" not null,
  -- The other names it bore, to find it again.
  aliases text[] not null,
  person text collate "C" not null,
  person_name text not null,
  answer text not null check (answer in ('mine', 'not-mine', 'not-needed')),
  -- Of `not-mine`: whose it is instead, if they said so.
  to_person text collate "C",
  note text,
  by text not null,
  at timestamptz not null,
  shown jsonb not null,
  batch bigint references batch,
  -- The answer that this row takes back: it counts no more, and neither does this.
  takes_back bigint references certification
);
create unique index certification_takes_back on certification (takes_back) where takes_back is not null;
create index certification_entity on certification (entity, id desc);
create index certification_person on certification (person, id desc);
create index certification_batch on certification (batch) where batch is not null;

create function stays() returns trigger language plpgsql as $$
begin
  raise exception 'a certification is never changed or removed' using errcode = 'integrity_constraint_violation';
end $$;
create trigger stays before update or delete on certification for each row execute function stays();
create trigger stays_whole before truncate on certification for each statement execute function stays();

-- The rules as last judged, built in and own, so that screens can name them.
create table rule (
  id text primary key,
  position int not null,
  title text not null,
  severity text not null,
  owasp text[] not null,
  kind text not null,
  -- Null: all types of the kind.
  types text[],
  why text not null,
  fix text[] not null,
  undo text not null,
  -- Minutes.
  effort int not null,
  needs text[] not null,
  -- Settings as JSON Schema, with their defaults; null when there are none.
  params jsonb,
  -- Name and expected verdict of each case.
  cases jsonb not null,
  -- Written here rather than shipped.
  mine boolean not null,
  expression text,
  -- Verdicts of the last evaluation.
  fail int not null,
  pass int not null,
  unknown int not null,
  not_applicable int not null
);

-- What an installation changed about a rule.
create table rule_setting (
  rule text primary key,
  enabled boolean not null,
  params jsonb,
  by text not null,
  at timestamptz not null
);

-- Own rules: the text as written; `mine` rows of `rule` are made from it.
create table user_rule (
  id text primary key,
  source text not null,
  by text not null,
  at timestamptz not null
);

create sequence finding_number start 1;

-- One rule about one subject that failed or could not be judged. A row is never deleted once it has a number, which it gets
-- when it first fails.
create table finding (
  id text primary key,
  number bigint unique,
  rule text not null,
  subject text collate "C" not null,
  -- `unknown`: could not be judged and is not known to fail. One that failed and cannot be judged now stays `fail`, unverified.
  verdict text not null check (verdict in ('fail', 'unknown')),
  state text not null check (state in ('open', 'muted', 'accepted', 'resolved')),
  severity text not null,
  -- 0 critical to 4 info.
  rank smallint not null,
  title text not null,
  says text not null,
  owasp text[] not null,
  because text[] not null,
  fix text[] not null,
  places jsonb not null,
  detector text,
  provider text,
  fingerprint text,
  redacted text,
  key_id text,
  live text,
  -- Of an unknown verdict: what would answer it.
  permission text,
  opened_at timestamptz not null,
  -- Null while each evaluation sees it; when it closed, the last evaluation that saw it.
  last_seen_at timestamptz,
  -- Failed when last judged, and cannot be judged since.
  unverified_since timestamptz,
  unverified_reason text,
  unverified_permission text,
  resolved_at timestamptz,
  -- Why it closed: { "what": "changed" | "gone" | "not-applicable" | "retired", "says": [sentences], "changes": [{ "of", "what", "from", "to" }], "at", "connection", "run" }
  evidence jsonb,
  -- End, reason and author of the mute or acceptance in force; `approved_by` is the second person of an acceptance.
  until timestamptz,
  reason text,
  by text,
  approved_by text,
  -- An acceptance that waits for its second person: { "until", "reason", "by", "at" }.
  asked jsonb,
  -- What the rule saw when it last failed; compared when it closes.
  saw jsonb,
  -- Of what was judged, to write only what changed.
  digest text not null,
  unique (rule, subject)
);
create index finding_subject on finding (subject);
create index finding_open on finding (rank, opened_at, id) where state = 'open' and verdict = 'fail';
create index finding_state on finding (state, verdict);
create index finding_base on finding (split_part(id, '-', 1));
create index finding_fingerprint on finding (fingerprint) where fingerprint is not null;
create index finding_until on finding (until) where until is not null;
create index finding_resolved on finding (resolved_at) where resolved_at is not null;

-- What became of a finding, never changed.
create table event (
  id bigint generated always as identity primary key,
  finding text not null,
  at timestamptz not null,
  what text not null check (what in ('opened', 'changed', 'muted', 'accepted', 'reopened', 'resolved')),
  -- Null: Reeve itself.
  by text,
  says text not null,
  -- What it was before, for undo.
  before jsonb
);
create index event_finding on event (finding, id);

-- How each judged entity stands after the last evaluation.
create table standing (
  subject text collate "C" primary key,
  -- 0 critical to 4 info by its worst open finding, 5 not all could be judged, 6 all that was judged passes.
  worst smallint not null,
  open int not null,
  unknown int not null,
  judged int not null,
  -- Identities only: 0 to 100, the sum of the parts [{ "factor", "points", "most", "says" }]; null when withheld or no identity.
  score smallint,
  score_parts jsonb,
  -- Why the score is withheld, and what would answer it.
  withheld text,
  withheld_permission text,
  -- Identities only: how many resources it reaches (counted to 100), and the most sensitive of them.
  reach smallint,
  reaches text
);
create index standing_worst on standing (worst, subject);
create index standing_score on standing (score desc nulls last, subject);

-- A person who probably answers for an identity to which nobody does.
create table suggestion (
  subject text collate "C" primary key,
  person text not null,
  name text not null,
  because text[] not null
);

-- Verdicts that could not be reached, by what would answer them.
create table lost (
  connection text not null,
  permission text,
  reason text not null,
  verdicts int not null,
  subjects int not null,
  rules text[] not null
);

-- Things to know, best first: at most 20, of which the first five hold an unlock when verdicts are lost.
create table thing (
  rank smallint primary key,
  -- `finding` or `unlock`.
  what text not null,
  finding text,
  connection text,
  severity text,
  says text not null,
  because text[] not null,
  subject text,
  more int not null,
  findings text[] not null,
  owner text,
  owner_name text,
  suggested text,
  suggested_name text,
  suggested_because text[],
  fix text[] not null,
  undo text not null,
  effort int not null,
  -- { "reached", "sensitive", "dependents", "unknown" }
  cost jsonb not null,
  owasp text[] not null,
  value double precision not null
);

-- One row for each evaluation that changed something, and the last.
create table evaluation (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  run bigint,
  rules int not null,
  subjects int not null,
  fail int not null,
  pass int not null,
  unknown int not null,
  not_applicable int not null,
  opened int not null,
  resolved int not null,
  reopened int not null
);

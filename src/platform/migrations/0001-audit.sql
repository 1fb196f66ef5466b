-- The audit trail: one row per change, chained by hash. Ids run from 1 without gaps, so a missing one was deleted.
create table audit (
  id bigint primary key,
  at timestamptz(3) not null,
  actor text not null,
  action text not null,
  subject text not null,
  -- Canonical JSON of { actor, action, after?, before?, subject }: the very text that was hashed.
  entry text not null,
  previous bytea not null,
  hash bytea not null
);
create index audit_subject on audit (subject, id desc);
create index audit_action on audit (action, id desc);

-- Where the chain ends. Its row lock puts writers in order until they commit.
create table audit_head (
  single boolean primary key default true check (single),
  id bigint not null,
  hash bytea not null
);
insert into audit_head values (true, 0, decode(repeat('00', 32), 'hex'));

-- Heads signed with the installation key, which does not stand in the database: whoever rewrites the chain cannot sign it.
create table audit_checkpoint (
  id bigint primary key,
  hash bytea not null,
  at timestamptz(3) not null,
  signature bytea not null
);

-- hash = sha256(previous || id || LF || at in UTC || LF || entry), in UTF-8.
create function append_audit(entry text) returns bigint language plpgsql as $$
declare
  head platform.audit_head;
  moment timestamptz(3) := clock_timestamp();
  link bytea;
begin
  select * into head from platform.audit_head for update;
  head.id := head.id + 1;
  link := sha256(head.hash || convert_to(
    head.id || E'\n' || to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || E'\n' || entry, 'UTF8'));
  insert into platform.audit (id, at, actor, action, subject, entry, previous, hash)
    values (head.id, moment, entry::json ->> 'actor', entry::json ->> 'action', entry::json ->> 'subject', entry, head.hash, link);
  update platform.audit_head set id = head.id, hash = link;
  return head.id;
end $$;

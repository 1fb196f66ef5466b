-- Connections as they were, so that a past moment is shown as it was then; without their settings, which stay where they are sealed.
create table connection_was (
  id text not null,
  provider text not null,
  label text not null,
  shown jsonb not null,
  secrets text[] not null,
  schedule text,
  enabled boolean not null,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  valid_to timestamptz not null
);
create index connection_was_id on connection_was (id, valid_to);
create function keep_connection() returns trigger language plpgsql as $$
begin
  insert into discover.connection_was (id, provider, label, shown, secrets, schedule, enabled, created_at, created_by, changed_at, valid_to)
  values (old.id, old.provider, old.label, old.shown, old.secrets, old.schedule, old.enabled, old.created_at, old.created_by, old.changed_at,
    case when tg_op = 'UPDATE' then new.changed_at else coalesce(nullif(current_setting('reeve.now', true), '')::timestamptz, now()) end);
  return null;
end $$;
create trigger keeps_changed after update on connection for each row when (old.changed_at < new.changed_at) execute function keep_connection();
create trigger keeps_gone after delete on connection for each row execute function keep_connection();

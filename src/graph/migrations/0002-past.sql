-- What was known before, so that a past moment is shown as it was then and not as it is understood now. Triggers keep it: whoever
-- writes need not know. `node_was` holds what a node said before it changed or went, from `since` until before `valid_to`; small
-- tables are kept row by row in `kept`.

-- The moment at which what a transaction writes becomes known: `reeve.now` where it was said, else when it began.
create function moment() returns timestamptz language sql stable as
  $$ select coalesce(nullif(current_setting('reeve.now', true), '')::timestamptz, now()) $$;

-- An estate that was read before nothing was kept cannot be shown as it was before this moment.
create table kept_since (at timestamptz not null);
insert into kept_since select now() where exists (select from applied);

alter table node add column since timestamptz not null default graph.moment();

create table node_was (like node);
alter table node_was drop column flow, drop column changed_at, add column valid_to timestamptz not null;
create index node_was_id on node_was (id, valid_to);
create index node_was_key on node_was (key, valid_to);
create index node_was_name on node_was (kind, lower(left(name, 100)), id);

create function begin_anew() returns trigger language plpgsql as $$
begin
  new.since := greatest(graph.moment(), old.since);
  return new;
end $$;
create trigger begins_anew before update on node for each row when (old.* is distinct from new.*) execute function begin_anew();

create function keep_was() returns trigger language plpgsql as $$
declare
  columns text;
begin
  select string_agg(quote_ident(attname), ', ') into columns from pg_attribute
  where attrelid = 'graph.node_was'::regclass and attnum > 0 and not attisdropped and attname <> 'valid_to';
  if tg_op = 'DELETE' then
    execute format('insert into graph.node_was (%1$s, valid_to) select %1$s, graph.moment() from was where since < graph.moment()', columns);
  else
    execute format('insert into graph.node_was (%1$s, valid_to) select %2$s, n.since from was w join becomes n using (id) where w.since < n.since',
      columns, replace('w.' || columns, ', ', ', w.'));
  end if;
  return null;
end $$;
create trigger keeps_changed after update on node referencing old table as was new table as becomes
  for each statement execute function keep_was();
create trigger keeps_gone after delete on node referencing old table as was for each statement execute function keep_was();

-- Until `valid_to` the key stood under `same_as`.
create table key_was (id int not null, same_as int, valid_to timestamptz not null, primary key (id, valid_to));
create function keep_key() returns trigger language plpgsql as $$
begin
  insert into graph.key_was (id, same_as, valid_to) values (old.id, old.same_as, graph.moment()) on conflict do nothing;
  return null;
end $$;
create trigger keeps_key after update on key for each row when (old.same_as is distinct from new.same_as) execute function keep_key();

-- Until `until` the edge stood between `from_id` and `to_id`: keys that became one, or parted, took it elsewhere.
create table edge_was (like edge, until timestamptz not null);
create unique index edge_was_same on edge_was (from_key, to_key, verb, source_id, digest, valid_from, until);
create index edge_was_out on edge_was (from_id, verb);
create index edge_was_in on edge_was (to_id, verb);
create function keep_edge() returns trigger language plpgsql as $$
begin
  insert into graph.edge_was select old.*, graph.moment() on conflict do nothing;
  return null;
end $$;
create trigger keeps_edge after update on edge for each row
  when (old.from_id <> new.from_id or old.to_id <> new.to_id) execute function keep_edge();

create table kept (
  of text not null,
  row jsonb not null,
  since timestamptz not null,
  -- Null while it holds.
  valid_to timestamptz
);
create index kept_of on kept (of, valid_to);

-- Compares a small table with what is kept of it: what differs ends, what is new begins, what was written again goes on.
create function keep() returns trigger language plpgsql as $$
declare
  at timestamptz := graph.moment();
begin
  execute format('update graph.kept set valid_to = greatest($1, since) where of = %1$L and valid_to is null
    and row not in (select to_jsonb(t) from graph.%1$I t)', tg_table_name) using at;
  execute format('update graph.kept k set valid_to = null where of = %1$L and valid_to = $1 and since < $1
    and row in (select to_jsonb(t) from graph.%1$I t)
    and not exists (select from graph.kept o where o.of = %1$L and o.valid_to is null and o.row = k.row)', tg_table_name) using at;
  execute format('insert into graph.kept (of, row, since) select %1$L, to_jsonb(t), $1 from graph.%1$I t
    where to_jsonb(t) not in (select row from graph.kept where of = %1$L and valid_to is null)', tg_table_name) using at;
  return null;
end $$;
insert into kept (of, row, since) select 'source', to_jsonb(t), now() from source t;
insert into kept (of, row, since) select 'ledger', to_jsonb(t), now() from ledger t;
create trigger keeps after insert or update or delete on source for each statement execute function keep();
create trigger keeps after insert or update or delete on ledger for each statement execute function keep();

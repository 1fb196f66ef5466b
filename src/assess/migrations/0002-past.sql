-- What was thought before, so that a past moment is shown as it was then. Triggers keep it: whoever writes need not know. `…_was`
-- holds what a row said before it changed or went, from `since` until before `valid_to`; small tables are kept in `kept`.

-- The moment at which what a transaction writes becomes known: `reeve.now` where it was said, else when it began.
create function moment() returns timestamptz language sql stable as
  $$ select coalesce(nullif(current_setting('reeve.now', true), '')::timestamptz, now()) $$;

create function begin_anew() returns trigger language plpgsql as $$
begin
  new.since := greatest(assess.moment(), old.since);
  return new;
end $$;

-- The argument is the column that names a row.
create function keep_was() returns trigger language plpgsql as $$
declare
  columns text;
begin
  select string_agg(quote_ident(attname), ', ') into columns from pg_attribute
  where attrelid = format('assess.%I', tg_table_name || '_was')::regclass and attnum > 0 and not attisdropped and attname <> 'valid_to';
  if tg_op = 'DELETE' then
    execute format('insert into assess.%1$I (%2$s, valid_to) select %2$s, assess.moment() from was where since < assess.moment()',
      tg_table_name || '_was', columns);
  else
    execute format('insert into assess.%1$I (%2$s, valid_to) select %3$s, n.since from was w join becomes n using (%4$I) where w.since < n.since',
      tg_table_name || '_was', columns, replace('w.' || columns, ', ', ', w.'), tg_argv[0]);
  end if;
  return null;
end $$;

alter table finding add column since timestamptz not null default assess.moment();
create table finding_was (like finding);
-- What the rule saw serves only to explain an end.
alter table finding_was drop column saw, drop column digest, add column valid_to timestamptz not null;
create index finding_was_id on finding_was (id, valid_to);
create index finding_was_subject on finding_was (subject, valid_to);
create index finding_was_open on finding_was (valid_to) where state = 'open' and verdict = 'fail';

alter table standing add column since timestamptz not null default assess.moment();
create table standing_was (like standing);
alter table standing_was add column valid_to timestamptz not null;
create index standing_was_subject on standing_was (subject, valid_to);

alter table suggestion add column since timestamptz not null default assess.moment();
create table suggestion_was (like suggestion);
alter table suggestion_was add column valid_to timestamptz not null;
create index suggestion_was_subject on suggestion_was (subject, valid_to);

create trigger begins_anew before update on finding for each row when (old.* is distinct from new.*) execute function begin_anew();
create trigger begins_anew before update on standing for each row when (old.* is distinct from new.*) execute function begin_anew();
create trigger begins_anew before update on suggestion for each row when (old.* is distinct from new.*) execute function begin_anew();
create trigger keeps_changed after update on finding referencing old table as was new table as becomes for each statement execute function keep_was('id');
create trigger keeps_changed after update on standing referencing old table as was new table as becomes for each statement execute function keep_was('subject');
create trigger keeps_changed after update on suggestion referencing old table as was new table as becomes for each statement execute function keep_was('subject');
create trigger keeps_gone after delete on finding referencing old table as was for each statement execute function keep_was();
create trigger keeps_gone after delete on standing referencing old table as was for each statement execute function keep_was();
create trigger keeps_gone after delete on suggestion referencing old table as was for each statement execute function keep_was();

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
  at timestamptz := assess.moment();
begin
  execute format('update assess.kept set valid_to = greatest($1, since) where of = %1$L and valid_to is null
    and row not in (select to_jsonb(t) from assess.%1$I t)', tg_table_name) using at;
  execute format('update assess.kept k set valid_to = null where of = %1$L and valid_to = $1 and since < $1
    and row in (select to_jsonb(t) from assess.%1$I t)
    and not exists (select from assess.kept o where o.of = %1$L and o.valid_to is null and o.row = k.row)', tg_table_name) using at;
  execute format('insert into assess.kept (of, row, since) select distinct %1$L, to_jsonb(t), $1 from assess.%1$I t
    where to_jsonb(t) not in (select row from assess.kept where of = %1$L and valid_to is null)', tg_table_name) using at;
  return null;
end $$;
insert into kept (of, row, since) select 'rule', to_jsonb(t), now() from rule t;
insert into kept (of, row, since) select 'rule_setting', to_jsonb(t), now() from rule_setting t;
insert into kept (of, row, since) select 'thing', to_jsonb(t), now() from thing t;
insert into kept (of, row, since) select 'lost', to_jsonb(t), now() from lost t;
create trigger keeps after insert or update or delete on rule for each statement execute function keep();
create trigger keeps after insert or update or delete on rule_setting for each statement execute function keep();
create trigger keeps after insert or update or delete on thing for each statement execute function keep();
create trigger keeps after insert or update or delete on lost for each statement execute function keep();

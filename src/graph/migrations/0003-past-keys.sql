-- The key beside what it stood for, so that who stood for whom is found along an index for a past moment too.
alter table key_was add column key text collate "C";
update key_was w set key = k.key from key k where k.id = w.id;
create index key_was_key on key_was (key);
create index key_was_same_as on key_was (same_as) where same_as is not null;
create or replace function keep_key() returns trigger language plpgsql as $$
begin
  insert into graph.key_was (id, key, same_as, valid_to) values (old.id, old.key, old.same_as, graph.moment()) on conflict do nothing;
  return null;
end $$;

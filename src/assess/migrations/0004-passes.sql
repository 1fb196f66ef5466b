-- Which rules an entity passes. Entities of a type mostly pass the same, so each set stands once; a set never changes, and what a
-- standing of the past names is what it named then.
create table pass_set (
  id int generated always as identity primary key,
  digest text not null unique,
  rules text[] not null
);
-- Null where nothing passes, and of what was judged before passes were kept.
alter table standing add column passes int;
alter table standing_was add column passes int;

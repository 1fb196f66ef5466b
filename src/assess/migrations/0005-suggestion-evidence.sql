-- What a suggestion was read from, `[{ "sort", "says" }]` in the order of `because`, and how sure it is: high, medium or low.
-- Null where it was made before this was kept.
alter table suggestion add column evidence jsonb, add column confidence text;
alter table suggestion_was add column evidence jsonb, add column confidence text;

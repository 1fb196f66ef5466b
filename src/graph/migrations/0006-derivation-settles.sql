-- What a maker settles: for which connections it has worked out itself what sentences of these verbs only suggest, so that an attack no longer
-- walks along them: [{"connection": "…", "verbs": ["allows"]}]. The version counts changes of what it made.
alter table derivation
  add column settles jsonb not null default '[]',
  add column version bigint not null default 1;

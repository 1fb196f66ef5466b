-- The page of a finding names the evidence by what its rule saw: of a finding as it was too.
alter table finding_was add column saw jsonb;

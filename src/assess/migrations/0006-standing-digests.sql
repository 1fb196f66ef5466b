-- What a row says, in a few letters: an evaluation after which things stand as before neither sends nor compares the rows. Null of
-- what was written before. A row whose digest alone changes says what it said.
alter table standing add column digest text;
alter table suggestion add column digest text;

drop trigger begins_anew on standing;
create trigger begins_anew before update on standing for each row when (
  (old.subject, old.worst, old.open, old.unknown, old.judged, old.score, old.score_parts, old.withheld, old.withheld_permission, old.reach, old.reaches, old.passes)
  is distinct from
  (new.subject, new.worst, new.open, new.unknown, new.judged, new.score, new.score_parts, new.withheld, new.withheld_permission, new.reach, new.reaches, new.passes)
) execute function begin_anew();
drop trigger begins_anew on suggestion;
create trigger begins_anew before update on suggestion for each row when (
  (old.subject, old.person, old.name, old.because, old.evidence, old.confidence)
  is distinct from (new.subject, new.person, new.name, new.because, new.evidence, new.confidence)
) execute function begin_anew();

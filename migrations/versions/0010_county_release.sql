-- What a county has released for itself goes before what is released for all; without a ref it takes the common one again.
alter table release add column county text, alter column ref drop not null, add check (ref is not null or county is not null);
drop index release_latest;
create index release_latest on release (id, county, seq desc);
comment on table release is 'Which procedure (or calendar) new cases take from when on: the last row of an id, a county''s own first.';

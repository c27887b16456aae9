-- The board counts every open case of a subtree: from the index alone, so the counted columns ride along.
drop index case_township;
drop index case_county;
create index case_township on "case" (township, due_at, id) include (village, yellow, red, escalations) where not closed;
create index case_county on "case" (county, due_at, id) include (yellow, red, escalations) where not closed;

-- Lists go by due date over all cases; nothing reads cases by the time of their opening.
drop index case_opened;
create index case_due on "case" (due_at, id) where due_at is not null;

-- An index answers alone only where vacuum has been lately, so it comes after 2 % of the cases have moved, not 20 %.
alter table "case" set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);

-- Readiness says which schema it found.
grant select on alembic_version to bihuan;

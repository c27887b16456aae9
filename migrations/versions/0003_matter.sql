-- Which matter a case is about, how it ended, when it reached an office, and to whom alone it shows itself.
alter table "case" add column matter text, add column outcome text, add column received_at timestamptz,
    add column sealed text[], add column public boolean not null default false;
update "case" set received_at = opened_at;
alter table "case" alter column received_at set not null;
comment on column "case".matter is 'A digest of what says which matter it is: the same for every case about it.';
comment on column "case".public is 'Every resident of the place may look.';
comment on column "case".sealed is 'The hats that alone may look at it; null: everybody whose scope lies above it.';
create index case_matter on "case" (matter) where matter is not null;
create index case_sealed on "case" using gin (sealed) where sealed is not null;

-- The board counts from the index alone; that a case shows itself rides along.
drop index case_township;
drop index case_county;
create index case_township on "case" (township, due_at, id) include (village, yellow, red, escalations, sealed)
    where not closed;
create index case_county on "case" (county, due_at, id) include (yellow, red, escalations, sealed)
    where not closed;

create sequence sealed_number start 500001;
comment on sequence sealed_number is 'Cases that begin sealed count for themselves.';
grant usage on sequence sealed_number to bihuan;

create table letter (
    id uuid primary key,
    sender uuid not null,
    recipient uuid not null,
    person text not null,
    hat text not null,
    body text not null,
    written_at timestamptz not null
);
comment on table letter is 'What cases have to say to each other. The courier deletes a row once it has been ruled.';
create index letter_written on letter (written_at, id);
grant select, insert, delete on letter to bihuan;

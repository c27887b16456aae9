-- A case means the division as it was known when the case was opened: editions are loaded later than they begin.
alter table division add column loaded_at timestamptz;
update division set loaded_at = valid_from::timestamp at time zone 'Asia/Shanghai';
alter table division alter column loaded_at set default clock_timestamp(), alter column loaded_at set not null;

-- Of a delegate, good only while the wearer is absent.
alter table token add column delegated boolean not null default false;

create table matter (
    code text not null,
    division text not null,
    unit text not null references unit,
    title text not null,
    valid_from date not null,
    valid_to date,
    primary key (code, division, unit, valid_from)
);
comment on table matter is 'Which unit handles which matter in which division.';
create unique index matter_current on matter (code, division, unit) where valid_to is null;

create table duty (
    division text not null,
    list text not null check (list in ('duty', 'task', 'negative')),
    code text not null,
    title text not null,
    basis text not null,
    matters text[] not null,
    valid_from date not null,
    valid_to date,
    primary key (division, list, code, valid_from)
);
comment on table duty is 'What a division has to do (duty, task), and what may not be asked of it (negative).';
create unique index duty_current on duty (division, list, code) where valid_to is null;

create table grid (
    code text not null,
    division text not null,
    level text not null check (level in ('general', 'division', 'branch', 'group', 'micro', 'special')),
    name text not null,
    worker text references person,
    phone text,
    valid_from date not null,
    valid_to date,
    primary key (code, valid_from)
);
comment on column grid.phone is 'The office number that is published; nobody''s own.';
create unique index grid_current on grid (code) where valid_to is null;
create index grid_division on grid (division) where valid_to is null;

create table contact (
    village text not null,
    household text not null,
    person text references person,
    valid_from date not null,
    valid_to date,
    primary key (village, household, valid_from)
);
comment on table contact is 'Who is in touch with which household: by code, never by name.';
create unique index contact_current on contact (village, household) where valid_to is null;

create table site (
    id text primary key,
    name text not null,
    division text not null,
    tier text not null check (tier in ('county', 'township', 'village', 'point')),
    address text not null,
    phone text
);
create index site_division on site (division);

create table absence (
    person text not null references person,
    role text not null,
    scope text not null,
    from_on date not null,
    to_on date not null check (to_on >= from_on),
    delegate text not null references person check (delegate <> person),
    primary key (person, role, scope, from_on)
);
create index absence_delegate on absence (delegate, role, scope);

create table roster (
    division text not null,
    from_at timestamptz not null,
    to_at timestamptz not null check (to_at > from_at),
    person text not null references person,
    primary key (division, from_at, person)
);

create table handover (
    id uuid primary key,
    division text not null,
    giver text not null references person,
    taker text not null references person check (taker <> giver),
    words text not null,
    written_at timestamptz not null default clock_timestamp()
);
comment on table handover is 'What one shift tells the next.';
create index handover_division on handover (division, written_at);

create trigger append_only before update or delete or truncate on handover
    for each statement execute function refuse_change();
grant select, insert on handover to bihuan;
grant select, insert, update on matter, duty, grid, contact, site, absence, roster to bihuan;

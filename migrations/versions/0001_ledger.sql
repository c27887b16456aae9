-- Registers -------------------------------------------------------------------------------------------------------

create table division (
    code text not null,
    name text not null,
    level text not null check (level in ('province', 'city', 'county', 'township', 'village')),
    parent text,
    edition integer not null,
    valid_from date not null,
    valid_to date,
    lineage jsonb not null,
    primary key (code, valid_from)
);
comment on table division is 'A code is not an identity: between editions codes were reused under other names.';
comment on column division.lineage is 'level → code, from the division itself up to the county; what a case remembers.';
create unique index division_current on division (code) where valid_to is null;
create index division_parent on division (parent) where valid_to is null;

create table unit (
    id text primary key,
    name text not null,
    division text not null,
    level text not null,
    kinds text[] not null default '{}'
);

create table person (
    id text primary key,
    name text not null,
    sample boolean not null default false,
    created_at timestamptz not null default clock_timestamp()
);

create table hat (
    person text not null references person,
    role text not null,
    scope text not null,
    primary key (person, role, scope)
);

create table token (
    sha256 bytea primary key,
    person text not null references person,
    role text not null,
    scope text not null,
    created_at timestamptz not null default clock_timestamp(),
    revoked_at timestamptz
);

create table evidence (
    sha256 text primary key,
    size bigint not null,
    type text not null,
    person text not null,
    uploaded_at timestamptz not null default clock_timestamp()
);

-- What never changes ----------------------------------------------------------------------------------------------

create table procedure (
    sha256 text primary key,
    id text not null,
    version integer not null,
    body text not null,
    loaded_at timestamptz not null default clock_timestamp()
);

create table calendar (
    version text primary key,
    body text not null,
    loaded_at timestamptz not null default clock_timestamp()
);

create table release (
    seq bigint generated always as identity primary key,
    id text not null,
    ref text not null,
    released_at timestamptz not null default clock_timestamp()
);
comment on table release is 'Which procedure (or calendar) new cases take from when on: the last row of an id.';
create index release_latest on release (id, seq desc);

create table command (
    id uuid primary key,
    case_id uuid,
    name text not null,
    person text not null,
    hat text not null,
    request_hash bytea not null,
    outcome text not null,
    words text,
    body text not null,
    from_version integer not null,
    to_version integer not null,
    recorded_at timestamptz not null
);
comment on table command is 'Every command ever ruled, refusals too. The ruling is kept so that a repeat is answered alike.';
create index command_refused on command (case_id, recorded_at) where from_version = to_version;

create table event (
    case_id uuid not null,
    version integer not null,
    name text not null,
    schema smallint not null,
    leaf text not null,
    body text not null,
    salt bytea not null,
    recorded_at timestamptz not null,
    primary key (case_id, version)
);
comment on column event.leaf is 'The exact canonical text (RFC 8785) whose UTF-8 bytes are hashed; the next leaf names their SHA-256.';

-- What is folded from it ------------------------------------------------------------------------------------------

create sequence case_number;

create table "case" (
    id uuid primary key,
    number text not null unique,
    previous_version integer not null,
    version integer not null,
    head bytea not null,
    fold smallint not null,
    state text not null,
    procedure text not null,
    procedure_sha256 text not null,
    title text not null,
    division text not null,
    village text,
    township text,
    county text not null,
    unit text,
    units text[] not null,
    stage text not null,
    level text,
    holder text,
    closed boolean not null,
    due_at timestamptz,
    wake_at timestamptz,
    yellow integer not null,
    red integer not null,
    escalations integer not null,
    opened_by text not null,
    opened_at timestamptz not null,
    recorded_at timestamptz not null
) with (fillfactor = 70);
comment on column "case".previous_version is 'The version that the last append was built on: an append wins only on the version it read.';
create index case_wake on "case" (wake_at, id) where wake_at is not null;
create index case_township on "case" (township, due_at, id) where not closed;
create index case_county on "case" (county, due_at, id) where not closed;
create index case_opened on "case" (county, opened_at, id);
create index case_units on "case" using gin (units);

create table reporter (
    case_id uuid primary key,
    name text,
    phone text
);
comment on table reporter is 'Who reported. Never in an event, so that it can be destroyed while the chain still verifies.';

create table outbox (
    id bigint generated always as identity primary key,
    case_id uuid not null
);
comment on table outbox is 'Cases whose keeper must hear of a new wake time. The relay deletes a row once Temporal has it.';

create table trouble (
    case_id uuid primary key,
    since timestamptz not null default clock_timestamp(),
    words text not null
);
comment on table trouble is 'Cases that could not be woken: reported once, cleared when they can.';

create table setting (
    name text primary key,
    value text not null
);

-- Append only, for everybody --------------------------------------------------------------------------------------

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

do $$
declare name text;
begin
    foreach name in array array['command', 'event', 'procedure', 'calendar', 'release', 'evidence'] loop
        execute format('create trigger append_only before update or delete or truncate on %I for each statement execute function refuse_change()', name);
        execute format('grant select, insert on %I to bihuan', name);
    end loop;
    foreach name in array array['case', 'reporter', 'outbox', 'trouble', 'setting'] loop
        execute format('grant select, insert, update, delete on %I to bihuan', name);
    end loop;
    foreach name in array array['division', 'unit', 'person', 'hat', 'token'] loop
        execute format('grant select, insert, update on %I to bihuan', name);
    end loop;
end
$$;
grant usage on sequence case_number to bihuan;

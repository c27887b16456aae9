-- What the migrations come to. Written by `make schema`, never by hand; a test compares.

CREATE OR REPLACE FUNCTION public.day_of(at timestamp with time zone)
 RETURNS date
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((at AT TIME ZONE 'Asia/Shanghai'::text))::date;

CREATE OR REPLACE FUNCTION public.know_end()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    new.ended_at := case when new.valid_to is not null then now() end;
    return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$function$;

CREATE OR REPLACE FUNCTION public.today()
 RETURNS date
 LANGUAGE sql
 PARALLEL SAFE
RETURN day_of(clock_timestamp());

create sequence case_number start 1;
grant usage on case_number to bihuan;

create sequence sealed_number start 500001;
grant usage on sealed_number to bihuan;

create table "absence" (
    person text not null,
    role text not null,
    scope text not null,
    from_on date not null,
    to_on date not null,
    delegate text not null,
    voided_at timestamp with time zone,
    voided_by text,
    voided_why text,
    loaded_at timestamp with time zone not null default now(),
    voided_hat text,
    constraint absence_check CHECK ((to_on >= from_on)),
    constraint absence_check1 CHECK ((delegate <> person)),
    constraint absence_check2 CHECK ((((voided_at IS NULL) = (voided_why IS NULL)) AND ((voided_by IS NULL) OR (voided_at IS NOT NULL)))),
    constraint absence_delegate_fkey FOREIGN KEY (delegate) REFERENCES person(id),
    constraint absence_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    constraint absence_voided_by_fkey FOREIGN KEY (voided_by) REFERENCES person(id)
);
CREATE UNIQUE INDEX absence_current ON public.absence USING btree (person, role, scope, from_on) WHERE (voided_at IS NULL);
CREATE INDEX absence_delegate ON public.absence USING btree (delegate, role, scope);
grant insert, select, update on absence to bihuan;

create table "access" (
    id bigint generated always as identity not null,
    at timestamp with time zone not null default clock_timestamp(),
    person text not null,
    hat text not null,
    case_id uuid,
    what text not null,
    about text,
    sealed integer,
    request_id text,
    constraint access_pkey PRIMARY KEY (id),
    constraint access_check CHECK (((case_id IS NOT NULL) OR (what = ANY (ARRAY['list'::text, 'draw'::text])))),
    constraint access_what_check CHECK ((what = ANY (ARRAY['case'::text, 'history'::text, 'replay'::text, 'documents'::text, 'evidence'::text, 'explanation'::text, 'list'::text, 'reporter'::text, 'draw'::text])))
);
CREATE INDEX access_case ON public.access USING btree (case_id, id DESC) WHERE (case_id IS NOT NULL);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.access FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on access to bihuan;
comment on table access is 'Reads of what is sealed or sensitive. about: the round and period of a draw; sealed: how many of a list.';

create table "alembic_version" (
    version_num character varying(32) not null,
    constraint alembic_version_pkc PRIMARY KEY (version_num)
);
grant select on alembic_version to bihuan;

create table "analysis" (
    sha256 text not null,
    division text not null,
    as_of timestamp with time zone not null,
    body text not null,
    constraint analysis_pkey PRIMARY KEY (sha256),
    constraint analysis_check CHECK ((sha256 = encode(sha256(convert_to(body, 'UTF8'::name)), 'hex'::text)))
);
CREATE INDEX analysis_division ON public.analysis USING btree (division, as_of);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.analysis FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on analysis to bihuan;
comment on table analysis is 'Lists of open cases as they stood at an instant, frozen for an analysis; the body''s digest names it.';

create table "calendar" (
    version text not null,
    body text not null,
    loaded_at timestamp with time zone not null default clock_timestamp(),
    constraint calendar_pkey PRIMARY KEY (version)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.calendar FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on calendar to bihuan;

create table "case" (
    id uuid not null,
    number text not null,
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
    due_at timestamp with time zone,
    wake_at timestamp with time zone,
    yellow integer not null,
    red integer not null,
    escalations integer not null,
    opened_by text not null,
    opened_at timestamp with time zone not null,
    recorded_at timestamp with time zone not null,
    matter text,
    outcome text,
    received_at timestamp with time zone not null,
    sealed text[],
    public boolean not null default false,
    provisional boolean not null default false,
    constraint case_pkey PRIMARY KEY (id),
    constraint case_number_key UNIQUE (number)
);
CREATE INDEX case_county ON public."case" USING btree (county, due_at, id) INCLUDE (yellow, red, escalations, sealed) WHERE (NOT closed);
CREATE INDEX case_due ON public."case" USING btree (due_at, id) WHERE (due_at IS NOT NULL);
CREATE INDEX case_matter ON public."case" USING btree (matter) WHERE (matter IS NOT NULL);
CREATE INDEX case_sealed ON public."case" USING gin (sealed) WHERE (sealed IS NOT NULL);
CREATE INDEX case_township ON public."case" USING btree (township, due_at, id) INCLUDE (village, yellow, red, escalations, sealed) WHERE (NOT closed);
CREATE INDEX case_units ON public."case" USING gin (units);
CREATE INDEX case_wake ON public."case" USING btree (wake_at, id) WHERE (wake_at IS NOT NULL);
alter table "case" set (fillfactor=70, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_insert_scale_factor=0.02);
grant delete, insert, select, update on "case" to bihuan;
comment on column "case".previous_version is 'The version that the last append was built on: an append wins only on the version it read.';
comment on column "case".matter is 'A digest of what says which matter it is: the same for every case about it.';
comment on column "case".sealed is 'The hats that alone may look at it; null: everybody whose scope lies above it.';
comment on column "case".public is 'Every resident of the place may look.';
comment on column "case".provisional is 'One of its clocks has a date that is not sure yet.';

create table "command" (
    id uuid not null,
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
    recorded_at timestamp with time zone not null,
    constraint command_pkey PRIMARY KEY (id)
);
CREATE INDEX command_refused ON public.command USING btree (case_id, recorded_at) WHERE (from_version = to_version);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.command FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on command to bihuan;
comment on table command is 'Every command ever ruled, refusals too. The ruling is kept so that a repeat is answered alike.';

create table "contact" (
    village text not null,
    household text not null,
    person text,
    valid_from date not null,
    valid_to date,
    constraint contact_pkey PRIMARY KEY (village, household, valid_from),
    constraint contact_person_fkey FOREIGN KEY (person) REFERENCES person(id)
);
CREATE UNIQUE INDEX contact_current ON public.contact USING btree (village, household) WHERE (valid_to IS NULL);
grant insert, select, update on contact to bihuan;
comment on table contact is 'Who is in touch with which household: by code, never by name.';

create table "division" (
    code text not null,
    name text not null,
    level text not null,
    parent text,
    edition integer not null,
    valid_from date not null,
    valid_to date,
    lineage jsonb not null,
    loaded_at timestamp with time zone not null default clock_timestamp(),
    constraint division_pkey PRIMARY KEY (code, valid_from),
    constraint division_level_check CHECK ((level = ANY (ARRAY['province'::text, 'city'::text, 'county'::text, 'township'::text, 'village'::text])))
);
CREATE UNIQUE INDEX division_current ON public.division USING btree (code) WHERE (valid_to IS NULL);
CREATE INDEX division_parent ON public.division USING btree (parent) WHERE (valid_to IS NULL);
grant insert, select, update on division to bihuan;
comment on table division is 'A code is not an identity: between editions codes were reused under other names.';
comment on column division.lineage is 'level → code, from the division itself up to the county; what a case remembers.';

create table "duty" (
    division text not null,
    list text not null,
    code text not null,
    title text not null,
    basis text not null,
    matters text[] not null,
    valid_from date not null,
    valid_to date,
    constraint duty_pkey PRIMARY KEY (division, list, code, valid_from),
    constraint duty_list_check CHECK ((list = ANY (ARRAY['duty'::text, 'task'::text, 'negative'::text])))
);
CREATE UNIQUE INDEX duty_current ON public.duty USING btree (division, list, code) WHERE (valid_to IS NULL);
grant insert, select, update on duty to bihuan;
comment on table duty is 'What a division has to do (duty, task), and what may not be asked of it (negative).';

create table "event" (
    case_id uuid not null,
    version integer not null,
    name text not null,
    schema smallint not null,
    leaf text not null,
    body text not null,
    salt bytea not null,
    recorded_at timestamp with time zone not null,
    constraint event_pkey PRIMARY KEY (case_id, version)
);
CREATE INDEX event_recorded ON public.event USING brin (recorded_at);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on event to bihuan;
comment on column event.leaf is 'The exact canonical text (RFC 8785) whose UTF-8 bytes are hashed; the next leaf names their SHA-256.';

create table "evidence" (
    sha256 text not null,
    size bigint not null,
    type text not null,
    uploaded_at timestamp with time zone not null default clock_timestamp(),
    constraint evidence_pkey PRIMARY KEY (sha256)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on evidence to bihuan;

create table "grid" (
    code text not null,
    division text not null,
    level text not null,
    name text not null,
    worker text,
    phone text,
    valid_from date not null,
    valid_to date,
    constraint grid_pkey PRIMARY KEY (code, valid_from),
    constraint grid_level_check CHECK ((level = ANY (ARRAY['general'::text, 'division'::text, 'branch'::text, 'group'::text, 'micro'::text, 'special'::text]))),
    constraint grid_worker_fkey FOREIGN KEY (worker) REFERENCES person(id)
);
CREATE UNIQUE INDEX grid_current ON public.grid USING btree (code) WHERE (valid_to IS NULL);
CREATE INDEX grid_division ON public.grid USING btree (division) WHERE (valid_to IS NULL);
grant insert, select, update on grid to bihuan;
comment on column grid.phone is 'The office number that is published; nobody''s own.';

create table "handover" (
    id uuid not null,
    division text not null,
    giver text not null,
    taker text not null,
    words text not null,
    written_at timestamp with time zone not null default clock_timestamp(),
    constraint handover_pkey PRIMARY KEY (id),
    constraint handover_check CHECK ((taker <> giver)),
    constraint handover_giver_fkey FOREIGN KEY (giver) REFERENCES person(id),
    constraint handover_taker_fkey FOREIGN KEY (taker) REFERENCES person(id)
);
CREATE INDEX handover_division ON public.handover USING btree (division, written_at);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.handover FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on handover to bihuan;
comment on table handover is 'What one shift tells the next.';

create table "hat" (
    person text not null,
    role text not null,
    scope text not null,
    valid_from date not null default today(),
    valid_to date,
    loaded_at timestamp with time zone not null default now(),
    ended_at timestamp with time zone,
    constraint hat_pkey PRIMARY KEY (person, role, scope, valid_from),
    constraint hat_check CHECK ((valid_to > valid_from)),
    constraint hat_person_fkey FOREIGN KEY (person) REFERENCES person(id)
);
CREATE UNIQUE INDEX hat_current ON public.hat USING btree (person, role, scope) WHERE (valid_to IS NULL);
CREATE INDEX hat_post ON public.hat USING btree (role, scope);
CREATE TRIGGER end_known BEFORE UPDATE ON public.hat FOR EACH ROW WHEN ((old.valid_to IS DISTINCT FROM new.valid_to)) EXECUTE FUNCTION know_end();
CREATE TRIGGER end_known_on_insert BEFORE INSERT ON public.hat FOR EACH ROW EXECUTE FUNCTION know_end();
grant insert, select, update on hat to bihuan;
comment on column hat.ended_at is 'Since when valid_to is known.';

create table "letter" (
    id uuid not null,
    sender uuid not null,
    recipient uuid not null,
    person text not null,
    hat text not null,
    body text not null,
    written_at timestamp with time zone not null,
    constraint letter_pkey PRIMARY KEY (id)
);
CREATE INDEX letter_written ON public.letter USING btree (written_at, id);
grant delete, insert, select on letter to bihuan;
comment on table letter is 'What cases have to say to each other. The courier deletes a row once it has been ruled.';

create table "lot" (
    round text not null,
    period text not null,
    due_at timestamp with time zone not null,
    source text not null,
    seed text not null,
    count integer not null,
    groups text not null,
    constraint lot_pkey PRIMARY KEY (round, period)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.lot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on lot to bihuan;
comment on table lot is 'What was drawn for a period of a round: the event that gave the seed, and each group by its lots.';

create table "matter" (
    code text not null,
    division text not null,
    unit text not null,
    title text not null,
    valid_from date not null,
    valid_to date,
    constraint matter_pkey PRIMARY KEY (code, division, unit, valid_from),
    constraint matter_unit_fkey FOREIGN KEY (unit) REFERENCES unit(id)
);
CREATE UNIQUE INDEX matter_current ON public.matter USING btree (code, division, unit) WHERE (valid_to IS NULL);
grant insert, select, update on matter to bihuan;
comment on table matter is 'Which unit handles which matter in which division.';

create table "outbox" (
    id bigint generated always as identity not null,
    case_id uuid not null,
    constraint outbox_pkey PRIMARY KEY (id)
);
grant delete, insert, select, update on outbox to bihuan;
comment on table outbox is 'Cases whose keeper must hear of a new wake time. The relay deletes a row once Temporal has it.';

create table "person" (
    id text not null,
    name text not null,
    sample boolean not null default false,
    created_at timestamp with time zone not null default clock_timestamp(),
    constraint person_pkey PRIMARY KEY (id)
);
grant insert, select, update on person to bihuan;

create table "procedure" (
    sha256 text not null,
    id text not null,
    version integer not null,
    body text not null,
    loaded_at timestamp with time zone not null default clock_timestamp(),
    constraint procedure_pkey PRIMARY KEY (sha256)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.procedure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on procedure to bihuan;

create table "rebinding" (
    id uuid not null,
    procedure text not null,
    sha256 text not null,
    county text not null,
    stages text not null,
    asked_by text not null,
    asked_hat text not null,
    asked_at timestamp with time zone not null default clock_timestamp(),
    approved_by text,
    approved_hat text,
    approved_at timestamp with time zone,
    undone_by text,
    undone_at timestamp with time zone,
    constraint rebinding_pkey PRIMARY KEY (id),
    constraint rebinding_check CHECK ((approved_by <> asked_by))
);
grant insert, select, update (approved_at, approved_by, approved_hat, undone_at, undone_by) on rebinding to bihuan;
comment on column rebinding.stages is 'Where stages are called otherwise there: a JSON object, old to new.';

create table "rebinding_case" (
    rebinding uuid not null,
    case_id uuid not null,
    was_sha256 text not null,
    outcome text,
    words text,
    undone text,
    undone_words text,
    constraint rebinding_case_pkey PRIMARY KEY (rebinding, case_id),
    constraint rebinding_case_rebinding_fkey FOREIGN KEY (rebinding) REFERENCES rebinding(id)
);
grant insert, select, update (outcome, undone, undone_words, words) on rebinding_case to bihuan;
comment on column rebinding_case.outcome is 'What the registrar ruled; null: not yet. The rulings themselves stand in command.';

create table "release" (
    seq bigint generated always as identity not null,
    id text not null,
    ref text,
    released_at timestamp with time zone not null default clock_timestamp(),
    county text,
    constraint release_pkey PRIMARY KEY (seq),
    constraint release_check CHECK (((ref IS NOT NULL) OR (county IS NOT NULL)))
);
CREATE INDEX release_latest ON public.release USING btree (id, county, seq DESC);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.release FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on release to bihuan;
comment on table release is 'Which procedure (or calendar) new cases take from when on: the last row of an id, a county''s own first.';

create table "reporter" (
    case_id uuid not null,
    name text,
    phone text,
    constraint reporter_pkey PRIMARY KEY (case_id)
);
grant delete, insert, select, update on reporter to bihuan;
comment on table reporter is 'Who reported. Never in an event, so that it can be destroyed while the chain still verifies.';

create table "roster" (
    division text not null,
    from_at timestamp with time zone not null,
    to_at timestamp with time zone not null,
    person text not null,
    voided_at timestamp with time zone,
    voided_by text,
    voided_why text,
    loaded_at timestamp with time zone not null default now(),
    voided_hat text,
    constraint roster_check CHECK ((to_at > from_at)),
    constraint roster_check1 CHECK ((((voided_at IS NULL) = (voided_why IS NULL)) AND ((voided_by IS NULL) OR (voided_at IS NOT NULL)))),
    constraint roster_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    constraint roster_voided_by_fkey FOREIGN KEY (voided_by) REFERENCES person(id)
);
CREATE UNIQUE INDEX roster_current ON public.roster USING btree (division, from_at, person) WHERE (voided_at IS NULL);
grant insert, select, update on roster to bihuan;

create table "round" (
    id text not null,
    period text not null,
    due_at timestamp with time zone not null,
    openings integer not null,
    refusals integer not null,
    done_at timestamp with time zone not null,
    constraint round_pkey PRIMARY KEY (id, period)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.round FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on round to bihuan;
comment on table round is 'Periods of a round in which every opening has been acknowledged.';

create table "sealed_number_key" (
    id boolean not null default true,
    key bytea not null,
    constraint sealed_number_key_pkey PRIMARY KEY (id),
    constraint sealed_number_key_id_check CHECK (id),
    constraint sealed_number_key_key_check CHECK ((length(key) = 32))
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.sealed_number_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on sealed_number_key to bihuan;
comment on table sealed_number_key is 'One row: by this key numbers of sealed cases are scattered.';

create table "setting" (
    name text not null,
    value text not null,
    constraint setting_pkey PRIMARY KEY (name)
);
grant delete, insert, select, update on setting to bihuan;
comment on table setting is 'What one process notes for the next: what was read, counted or begun. Nothing here is a record.';

create table "shingle" (
    case_id uuid not null,
    grams text[] not null,
    constraint shingle_pkey PRIMARY KEY (case_id)
);
CREATE INDEX shingle_grams ON public.shingle USING gin (grams);
grant delete, insert, select, update on shingle to bihuan;
comment on table shingle is 'The blocks (procedure/division) and character bigrams of a case: a function of its state, made again by rebuild.';

create table "site" (
    id text not null,
    name text not null,
    division text not null,
    tier text not null,
    address text not null,
    phone text,
    constraint site_pkey PRIMARY KEY (id),
    constraint site_tier_check CHECK ((tier = ANY (ARRAY['county'::text, 'township'::text, 'village'::text, 'point'::text])))
);
CREATE INDEX site_division ON public.site USING btree (division);
grant insert, select, update on site to bihuan;

create table "token" (
    sha256 bytea not null,
    person text not null,
    role text not null,
    scope text not null,
    created_at timestamp with time zone not null default clock_timestamp(),
    revoked_at timestamp with time zone,
    delegated boolean not null default false,
    constraint token_pkey PRIMARY KEY (sha256),
    constraint token_person_fkey FOREIGN KEY (person) REFERENCES person(id)
);
grant insert, select, update on token to bihuan;

create table "trouble" (
    case_id uuid not null,
    since timestamp with time zone not null default clock_timestamp(),
    words text not null,
    constraint trouble_pkey PRIMARY KEY (case_id)
);
grant delete, insert, select, update on trouble to bihuan;
comment on table trouble is 'Cases that could not be woken: reported once, cleared when they can.';

create table "unit" (
    id text not null,
    name text not null,
    division text not null,
    level text not null,
    kinds text[] not null default '{}'::text[],
    constraint unit_pkey PRIMARY KEY (id)
);
grant insert, select, update on unit to bihuan;

create table "upload" (
    sha256 text not null,
    person text not null,
    at timestamp with time zone not null default clock_timestamp(),
    constraint upload_pkey PRIMARY KEY (sha256, person)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.upload FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on upload to bihuan;
comment on table upload is 'Who has uploaded which file, each person once: only they may name it in a case where it does not stand yet.';

create table "weight_change" (
    seq bigint generated always as identity not null,
    at timestamp with time zone not null default clock_timestamp(),
    person text not null,
    hat text not null,
    reason text not null,
    weights text not null,
    constraint weight_change_pkey PRIMARY KEY (seq)
);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.weight_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
grant insert, select on weight_change to bihuan;
comment on table weight_change is 'By which weights cases are likely the same: who set them, under which hat, when and why. The last row holds.';

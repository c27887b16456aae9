-- What a case says, as bigrams: whoever is about to file finds who filed before.
create table shingle (
    case_id uuid primary key,
    grams text[] not null
);
comment on table shingle is 'The blocks (procedure/division) and character bigrams of a case: a function of its state, made again by rebuild.';
create index shingle_grams on shingle using gin (grams);
grant select, insert, update, delete on shingle to bihuan;

-- Moving running cases to another version of their procedure: who asked, who approved, and what came of each case.
create table rebinding (
    id uuid primary key,
    procedure text not null,
    sha256 text not null,
    county text not null,
    stages text not null,
    asked_by text not null,
    asked_hat text not null,
    asked_at timestamptz not null default clock_timestamp(),
    approved_by text,
    approved_hat text,
    approved_at timestamptz,
    undone_by text,
    undone_at timestamptz,
    check (approved_by <> asked_by)
);
comment on column rebinding.stages is 'Where stages are called otherwise there: a JSON object, old to new.';
create table rebinding_case (
    rebinding uuid not null references rebinding,
    case_id uuid not null,
    was_sha256 text not null,
    outcome text,
    words text,
    undone text,
    undone_words text,
    primary key (rebinding, case_id)
);
comment on column rebinding_case.outcome is 'What the registrar ruled; null: not yet. The rulings themselves stand in command.';
grant select, insert on rebinding, rebinding_case to bihuan;
grant update (approved_by, approved_hat, approved_at, undone_by, undone_at) on rebinding to bihuan;
grant update (outcome, words, undone, undone_words) on rebinding_case to bihuan;

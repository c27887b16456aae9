-- What a case says, as bigrams: whoever is about to file finds who filed before.
create table shingle (
    case_id uuid primary key,
    grams text[] not null
);
comment on table shingle is 'The blocks (procedure/division) and character bigrams of a case: a function of its state, made again by rebuild.';
create index shingle_grams on shingle using gin (grams);
grant select, insert, update, delete on shingle to bihuan;

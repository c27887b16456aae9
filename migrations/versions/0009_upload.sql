create table upload (
    sha256 text not null,
    person text not null,
    at timestamptz not null default clock_timestamp(),
    primary key (sha256, person)
);
comment on table upload is 'Who has uploaded which file, each person once: only they may name it in a case where it does not stand yet.';

insert into upload (sha256, person, at) select sha256, person, uploaded_at from evidence;
alter table evidence drop column person;

create trigger append_only before update or delete or truncate on upload
    for each statement execute function refuse_change();
grant select, insert on upload to bihuan;

-- Who read what was sealed, who reported, or a draw: written before the answer is given, kept for ever.
create table access (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    person text not null,
    hat text not null,
    case_id uuid,
    what text not null check (what in
        ('case', 'history', 'replay', 'documents', 'evidence', 'explanation', 'list', 'reporter', 'draw')),
    about text,
    sealed int,
    request_id text,
    check (case_id is not null or what in ('list', 'draw'))
);
comment on table access is 'Reads of what is sealed or sensitive. about: the round and period of a draw; sealed: how many of a list.';
create index access_case on access (case_id, id desc) where case_id is not null;

create trigger append_only before update or delete or truncate on access
    for each statement execute function refuse_change();
grant select, insert on access to bihuan;

-- Since when the registers know a row. Of rows from before: since they began, or today when that is to come.
alter table hat add column loaded_at timestamptz, add column ended_at timestamptz;
update hat set loaded_at = least(now(), valid_from::timestamp at time zone 'Asia/Shanghai'),
    ended_at = case when valid_to is not null then least(now(), valid_to::timestamp at time zone 'Asia/Shanghai') end;
alter table hat alter column loaded_at set default now(), alter column loaded_at set not null;
comment on column hat.ended_at is 'Since when valid_to is known.';
create function know_end() returns trigger language plpgsql as $$
begin
    new.ended_at := case when new.valid_to is not null then now() end;
    return new;
end $$;
create trigger end_known_on_insert before insert on hat for each row execute function know_end();
create trigger end_known before update on hat for each row
    when (old.valid_to is distinct from new.valid_to) execute function know_end();

alter table absence add column loaded_at timestamptz, add column voided_hat text;
update absence set loaded_at = least(now(), from_on::timestamp at time zone 'Asia/Shanghai', voided_at);
alter table absence alter column loaded_at set default now(), alter column loaded_at set not null;
alter table roster add column loaded_at timestamptz, add column voided_hat text;
update roster set loaded_at = least(now(), from_at, voided_at);
alter table roster alter column loaded_at set default now(), alter column loaded_at set not null;

-- A row that is loaded again otherwise is void as well; the samples are loaded by nobody in particular.
alter table absence drop constraint absence_check2,
    add check ((voided_at is null) = (voided_why is null) and (voided_by is null or voided_at is not null));
alter table roster drop constraint roster_check1,
    add check ((voided_at is null) = (voided_why is null) and (voided_by is null or voided_at is not null));

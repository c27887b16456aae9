-- A post is held from one day to another; one that is on register already, since its person is.
alter table hat
    add column valid_from date default (clock_timestamp() at time zone 'Asia/Shanghai')::date,
    add column valid_to date check (valid_to > valid_from);
update hat set valid_from = (p.created_at at time zone 'Asia/Shanghai')::date from person p where p.id = hat.person;
alter table hat alter column valid_from set not null, drop constraint hat_pkey,
    add primary key (person, role, scope, valid_from);
create unique index hat_current on hat (person, role, scope) where valid_to is null;
create index hat_post on hat (role, scope);

-- A wrong absence or shift is void, and stays to be seen with who said so, when and why.
alter table absence
    add column voided_at timestamptz,
    add column voided_by text references person,
    add column voided_why text,
    add check ((voided_at is null) = (voided_by is null) and (voided_at is null) = (voided_why is null)),
    drop constraint absence_pkey;
create unique index absence_current on absence (person, role, scope, from_on) where voided_at is null;
alter table roster
    add column voided_at timestamptz,
    add column voided_by text references person,
    add column voided_why text,
    add check ((voided_at is null) = (voided_by is null) and (voided_at is null) = (voided_why is null)),
    drop constraint roster_pkey;
create unique index roster_current on roster (division, from_at, person) where voided_at is null;

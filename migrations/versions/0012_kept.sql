-- The day in Shanghai, said once: of an instant, and now.
create function day_of(at timestamptz) returns date language sql immutable parallel safe
    return (at at time zone 'Asia/Shanghai')::date;
create function today() returns date language sql volatile parallel safe
    return day_of(clock_timestamp());
alter table hat alter column valid_from set default today();

-- Every change of the weights of likeness stays; the last one holds.
create table weight_change (
    seq bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    person text not null,
    hat text not null,
    reason text not null,
    weights text not null
);
comment on table weight_change is 'By which weights cases are likely the same: who set them, under which hat, when and why. The last row holds.';
insert into weight_change (at, person, hat, reason, weights)
select (value::jsonb ->> 'at')::timestamptz, value::jsonb ->> 'by', value::jsonb ->> 'hat', value::jsonb ->> 'reason',
    value::jsonb ->> 'weights'
from setting where starts_with(name, 'similarity/') order by name;
-- Weights that were written into the setting by hand are none of those changes.
insert into weight_change (person, hat, reason, weights)
select '-', '-', '此前直接写入的设置', value from setting where name = 'similarity' and case when value is json
    then value::jsonb is distinct from (select weights::jsonb from weight_change order by seq desc limit 1) else true end;

-- The key by which numbers of sealed cases are scattered: with another one they would come twice.
create table sealed_number_key (
    id boolean primary key default true check (id),
    key bytea not null check (length(key) = 32)
);
comment on table sealed_number_key is 'One row: by this key numbers of sealed cases are scattered.';
insert into sealed_number_key (key) select decode(value, 'hex') from setting where name = 'sealed_number_key';

delete from setting where name in ('similarity', 'sealed_number_key') or starts_with(name, 'similarity/');
comment on table setting is 'What one process notes for the next: what was read, counted or begun. Nothing here is a record.';

do $$
declare
    name text;
begin
    foreach name in array array['weight_change', 'sealed_number_key'] loop
        execute format('create trigger append_only before update or delete or truncate on %I for each statement execute function refuse_change()', name);
        execute format('grant select, insert on %I to bihuan', name);
    end loop;
end
$$;

-- Cases with a date that may still move when a year's official days are published.
alter table "case" add column provisional boolean not null default false;
update "case" set provisional = true
where case when state is json then state::jsonb @? '$.clocks.*.provisional ? (@ == true)' else false end;
comment on column "case".provisional is 'One of its clocks has a date that is not sure yet.';

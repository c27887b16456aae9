create table round (
    id text not null,
    period text not null,
    due_at timestamptz not null,
    openings int not null,
    refusals int not null,
    done_at timestamptz not null,
    primary key (id, period)
);
comment on table round is 'Periods of a round in which every opening has been acknowledged.';

create table analysis (
    sha256 text primary key check (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
    division text not null,
    as_of timestamptz not null,
    body text not null
);
comment on table analysis is 'Lists of open cases as they stood at an instant, frozen for an analysis; the body''s digest names it.';
create index analysis_division on analysis (division, as_of);

do $$
declare
    name text;
begin
    foreach name in array array['round', 'analysis'] loop
        execute format('create trigger append_only before update or delete or truncate on %I for each statement execute function refuse_change()', name);
        execute format('grant select, insert on %I to bihuan', name);
    end loop;
end
$$;

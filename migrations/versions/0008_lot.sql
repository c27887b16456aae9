create table lot (
    round text not null,
    period text not null,
    due_at timestamptz not null,
    source text not null,
    seed text not null,
    count int not null,
    groups text not null,
    primary key (round, period)
);
comment on table lot is 'What was drawn for a period of a round: the event that gave the seed, and each group by its lots.';

-- Finds the newest event before an instant without reading all of them, at no cost to writing.
create index event_recorded on event using brin (recorded_at);

create trigger append_only before update or delete or truncate on lot
    for each statement execute function refuse_change();
grant select, insert on lot to bihuan;

"""The unlocked read of the hot path: one round trip for any number of commands, in four fixed statements."""

from ledger.store.release import RELEASED

# What the registers know of the names in a batch; once, beside the first command.
REGISTERS = """,
       case when a.ord = 1 then (select json_agg(json_build_array(u.id, u.division, u.level,
               case when u.level = 'township' then (select json_agg(distinct array[t.list, m])
                   from duty t, unnest(t.matters) m where t.division = u.division
                   and t.valid_from <= today()
                   and (t.valid_to is null or t.valid_to > today())) end))
           from unit u where u.id = any($5::text[])) end as units,
       case when a.ord = 1 then (select json_agg(json_build_array(d.code, d.level, d.lineage))
           from division d where d.code = any($6::text[]) and d.valid_to is null) end as places,
       case when a.ord = 1 then (select json_agg(json_build_array(u.person, u.sha256))
           from upload u where u.sha256 = any($7::text[]) and u.person = any($10::text[])) end as uploads,
       case when a.ord = 1 then (select array_agg(p.id)
           from person p where p.id = any($5::text[])) end as persons,
       case when a.ord = 1 then (select json_agg(json_build_object(
               'id', x.id, 'number', x.number, 'title', x.title, 'closed', x.closed, 'opened_by', x.opened_by,
               'lineage', json_strip_nulls(json_build_object(
                   'village', x.village, 'township', x.township, 'county', x.county)),
               'units', x.units, 'sealed', x.sealed, 'public', x.public, 'procedure', x.procedure))
           from "case" x where x.number = any($8::text[]) or x.id = any($9::uuid[])) end as cases"""
# Other cases of the procedure that are about the same matter.
RIVALS = """
       case when c.matter is not null then (select json_agg(json_build_object(
               'id', r.id, 'number', r.number, 'closed', r.closed, 'received_at', r.received_at, 'outcome', r.outcome))
           from "case" r where r.matter = c.matter and r.id <> c.id) end as rivals"""
_READ = """
select a.ord, clock_timestamp() as at,
       c.version, c.head, c.fold, c.state,
       k.request_hash, k.outcome, k.case_id as ruled_case, k.to_version as ruled_version, k.body,
       {released} as released,
       (select r.ref from release r where r.id = 'calendar' order by r.seq desc limit 1) as calendar,
       {rivals}
       {registers}
from {commands} as a(command_id, case_id, opens, county, ord)
left join "case" c on c.id = a.case_id
left join command k on k.id = a.command_id
{order}
"""
_PARTS = {"released": RELEASED.format(id="a.opens", county="a.county"), "rivals": RIVALS}
# For one command there is less to plan, to start and to sort.
_ONE = {**_PARTS, "commands": "(values ($1::uuid, $2::uuid, $3::text, $4::text, 1))", "order": ""}
_MANY = {
    **_PARTS,
    "commands": "unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) with ordinality",
    "order": "order by a.ord",
}
READ_ONE, READ_ONE_AND_NAMES = (_READ.format(**_ONE, registers=registers) for registers in ("", REGISTERS))
READ_MANY, READ_MANY_AND_NAMES = (_READ.format(**_MANY, registers=registers) for registers in ("", REGISTERS))


def read(many: bool, names: bool) -> str:
    """What to read for `many` commands or for one; with `names`, also what the registers know of those in the batch."""
    if many:
        return READ_MANY_AND_NAMES if names else READ_MANY
    return READ_ONE_AND_NAMES if names else READ_ONE

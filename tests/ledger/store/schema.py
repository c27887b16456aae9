"""The schema of a database as text, from its catalogues: one text for one schema, wherever it is read."""

from collections import defaultdict

from ledger.store.connection import Connection

# What belongs to a table, by its name.
COLUMNS = """
select c.relname as owner, a.attnum as place, format('    %I %s', a.attname, format_type(a.atttypid, a.atttypmod))
    || case when a.attidentity <> '' then ' generated always as identity' else '' end
    || case when a.attnotnull then ' not null' else '' end
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as text
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1, 2
"""
CONSTRAINTS = """
select c.relname as owner, format('    constraint %I %s', k.conname, pg_get_constraintdef(k.oid)) as text
from pg_constraint k join pg_class c on c.oid = k.conrelid
where k.connamespace = 'public'::regnamespace and k.contype <> 'n' order by 1, k.contype <> 'p', k.conname
"""
INDEXES = """
select c.relname as owner, pg_get_indexdef(i.indexrelid) || ';' as text
from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
where c.relnamespace = 'public'::regnamespace
and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
order by 1, x.relname
"""
TRIGGERS = """
select c.relname as owner, pg_get_triggerdef(t.oid) || ';' as text
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where c.relnamespace = 'public'::regnamespace and not t.tgisinternal order by 1, t.tgname
"""
OPTIONS = """
select c.relname as owner, format('alter table %I set (%s);', c.relname, array_to_string(c.reloptions, ', ')) as text
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.reloptions is not null
order by 1
"""
GRANTS = """
select g.owner, format('grant %s on %I to bihuan;', string_agg(g.what, ', ' order by g.what), g.owner) as text from (
    select c.relname as owner, lower(p.privilege_type) as what from pg_class c, aclexplode(c.relacl) p
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'S') and p.grantee = 'bihuan'::regrole
    union all
    select c.relname, lower(p.privilege_type) || ' (' || string_agg(a.attname, ', ' order by a.attname) || ')'
    from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) p
    where c.relnamespace = 'public'::regnamespace and p.grantee = 'bihuan'::regrole group by 1, p.privilege_type
) g group by 1 order by 1
"""
COMMENTS = """
select c.relname as owner, case d.objsubid when 0 then format('comment on table %I is %L;', c.relname, d.description)
    else format('comment on column %I.%I is %L;', c.relname, a.attname, d.description) end as text
from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass and c.relkind = 'r'
left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid
where c.relnamespace = 'public'::regnamespace order by 1, d.objsubid
"""
SEQUENCES = """
select c.relname as owner, format('create sequence %I start %s;', c.relname, s.seqstart) as text
from pg_class c join pg_sequence s on s.seqrelid = c.oid where c.relnamespace = 'public'::regnamespace
and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i') order by 1
"""
FUNCTIONS = """
select pg_get_functiondef(p.oid) as text from pg_proc p where p.pronamespace = 'public'::regnamespace order by p.proname
"""
PARTS = (INDEXES, TRIGGERS, OPTIONS, GRANTS, COMMENTS)


async def schema(connection: Connection) -> str:
    """Functions, sequences and tables by name, each table with all that belongs to it and what the application may."""
    inside, beside = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for query in (COLUMNS, CONSTRAINTS):
        for row in await connection.fetch(query):
            inside[row["owner"]].append(row["text"])
    for query in PARTS:
        for row in await connection.fetch(query):
            beside[row["owner"]].append(row["text"])
    parts = [row["text"].rstrip() + ";" for row in await connection.fetch(FUNCTIONS)]
    parts += ["\n".join([row["text"], *beside[row["owner"]]]) for row in await connection.fetch(SEQUENCES)]
    for table, lines in sorted(inside.items()):
        made = f'create table "{table}" (\n' + ",\n".join(lines) + "\n);"
        parts.append("\n".join([made, *beside[table]]))
    return "\n\n".join(parts) + "\n"

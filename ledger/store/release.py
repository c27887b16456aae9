"""What new cases take, in SQL: what the county has released for itself, or what is released for all (decision 0019)."""

RELEASED = """coalesce(
           (select r.ref from release r where r.id = {id} and r.county = {county} order by r.seq desc limit 1),
           (select r.ref from release r where r.id = {id} and r.county is null order by r.seq desc limit 1))"""
# Unless it is in force already; a county's row without a ref means the common release again.
PUT = """
insert into release (id, ref, county) select $1::text, $2::text, $3::text where $2 is distinct from
(select ref from release where id = $1 and county is not distinct from $3 order by seq desc limit 1)
"""

-- An endpoint belongs to a person and not to an officer's id: the names by which designations called that person. Null
-- where nobody was renamed since before this was kept.
-- serves: 14
alter table endpoint add column known_as text[];
alter table link_code add column known_as text[];

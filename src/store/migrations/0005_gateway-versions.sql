-- What evidence rests on stays: every version of a gateway's designation, so that what its old keys signed can be judged
-- later; and with each recipient the very text of the agreement that the message is carried under, by its digest.

alter table gateway add column seq bigint generated always as identity;
alter table gateway add column digest text;
update gateway set digest = encode(sha256(convert_to(statement, 'UTF8')), 'hex');
alter table gateway alter column digest set not null;
alter table gateway drop constraint gateway_pkey;
alter table gateway add primary key (did, digest);
create index gateway_by_time on gateway (did, valid_from, seq);

-- SHA-256 of the payload that was signed, base64url, as evidence names it; null where no such agreement is kept.
alter table recipient add column agreement_digest text;
update recipient r set agreement_digest = named.digest
from (
  select id, version, rtrim(translate(encode(sha256(decode(
    translate(payload, '-_', '+/') || repeat('=', (4 - length(payload) % 4) % 4), 'base64')), 'base64'), '+/', '-_'), '=')
    as digest
  from (select id, version, statement::json ->> 'payload' as payload from agreement) as signed
) as named
where (named.id, named.version) = (r.agreement_id, r.agreement_version);

-- A further account or endpoint of a desk waits until the desk confirms it: what is asked, and until when. The links by which
-- officers confirm are about an endpoint, and end with the account that they were sent to.
alter table endpoint add column waiting jsonb;
create index endpoint_waiting on endpoint ((waiting->>'until')) where waiting is not null;

alter table link
  alter column delivery drop not null,
  add column about text references endpoint (id),
  add column asked text,
  add column endpoint text references endpoint (id),
  drop constraint link_purpose_check,
  add constraint link_purpose_check check (purpose in ('read', 'acknowledge', 'confirm')),
  add check ((purpose = 'confirm') = (about is not null and asked is not null and endpoint is not null)),
  add check ((purpose = 'confirm') = (delivery is null));

-- Who made a code is who asks the desk.
alter table link_code add column invited_by text;

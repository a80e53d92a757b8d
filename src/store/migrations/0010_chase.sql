-- Deadlines that act. One row a thread says when it is next looked at, to remind or to escalate; null when nothing in
-- it can fall due by itself. Whatever may begin an act sets it back. What was done stands in deliveries and evidence.
create table chase (
  thread     text primary key,
  due_at     timestamptz,
  claimed_by text
);
create index chase_due on chase (due_at) where due_at is not null;
create index chase_claimed on chase (claimed_by) where claimed_by is not null;

-- What is under way is looked at once.
insert into chase (thread, due_at) select distinct thread, now() from message where expires_at > now();

-- The step of a chase that made the delivery: which act of which recipient is owed, and which rung it was.
alter table delivery
  add column step jsonb,
  drop constraint delivery_kind_check,
  add constraint delivery_kind_check check (kind in ('message', 'evidence', 'reminder')),
  add constraint delivery_reminder_step check (kind <> 'reminder' or step is not null);
create index delivery_reminder on delivery (endpoint) where kind = 'reminder';

-- Who of a focal point is on duty when.
create table roster (
  focal_point text primary key,
  roster      jsonb not null
);

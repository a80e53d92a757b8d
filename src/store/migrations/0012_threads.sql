-- Threads of a party, and those that name another as their parent, without reading every row.

create index recipient_by_party on recipient (party);
create index message_by_parent on message (parent) where parent is not null;

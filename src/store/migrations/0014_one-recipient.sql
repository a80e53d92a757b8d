-- One recipient of one message is found by either index. By the party alone a plan that was made while the table was small
-- went on to read every message of a desk to find the one.

drop index recipient_by_party;
create index recipient_by_party on recipient (party, message);

-- serves: 29
-- What a message is and to whom it goes stands under a MAC, as what grants something does: type, thread, hours, deadlines. Rows
-- from before have none, and count as spoilt until an operator adopts them with the rest.
alter table message add column mac text;
alter table recipient add column mac text;

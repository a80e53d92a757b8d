type-report = Report
type-request = Request
type-reply = Reply
type-clarification = Request for more information
type-refusal = Refusal
type-notice = Notice
type-text = Message
type-closure = Closure
type-indication = Indication of trafficking
type-tip = Tip
type-handover = Handover
type-acceptance = Acceptance of handover
type-followup = Follow-up
type-correction = Correction
type-recall = Recall
type-permission-request = Request for permission
type-permission = Answer on permission
type-drill = DRILL – exercise only
urgency-immediate = IMMEDIATE
urgency-urgent = Urgent
urgency-routine = Routine
handling-H0 = H0: may be used against trafficking
handling-H1 = H1: not to be used in court without the originator’s permission
handling-H2 = H2: not to be passed on without the originator’s permission
handling-H3 = H3: other restriction, see the handling note
ground-not-competent = We are not competent for this
ground-not-our-national = Not our national
ground-incomplete = Incomplete
ground-duplicate = Duplicate
ground-unlawful = The law does not allow it
ground-other = Other reason
decision-accepted = Acknowledged
decision-declined = Declined
moment = { DATETIME($at) }
# How every time is written: the date, the hour, and the name of the zone.
date-time = { $date }, { $hour } { $zone }
# A time at a place in another zone than the reader’s: the hour there, and the hour here.
moment-there = { $there } ({ $here })

# Beside the name of an attachment that a computer may run.
file-can-run = can run a program when it is opened

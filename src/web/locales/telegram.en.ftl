# The Telegram channel. Short: it is read on a phone, at night. Nothing here may name a person of a case.
telegram-notice-title = { $mark } { $urgency }: { $type }
telegram-from = From: { $name }, { $country }
telegram-to = To: { $name }, { $country }
telegram-reference = Reference: { $reference }
telegram-acknowledge-by = Acknowledge by: { DATETIME($at) }
telegram-read = Read the message
telegram-opened = 👁 Opened { DATETIME($at) }. Not yet acknowledged.
telegram-acknowledged-by = ✅ Acknowledged by { $officer }, { DATETIME($at) }
telegram-declined-by = ❌ Declined by { $officer }, { DATETIME($at) }
telegram-ground = Ground: { $ground }
telegram-contested = ⚠️ Two words of this desk contradict each other. An officer of the desk must settle it.
telegram-recalled = ↩️ Taken back by its sender { DATETIME($at) }. Do not act on it; delete what you kept.

telegram-button-open = Open
telegram-button-acknowledge = Acknowledge
telegram-button-decline = Decline
telegram-button-back = ‹ Back
telegram-button-settle = Settle

telegram-evidence-acknowledged = ✅ Your message { $reference } was acknowledged.
telegram-evidence-declined = ❌ Your message { $reference } was declined.
telegram-evidence-contradicts = This contradicts an earlier word of the same desk. Both are kept.
telegram-evidence-settles = This settles words that contradicted each other.
telegram-evidence-overdue = ⏰ Your message { $reference } was not answered in time.
telegram-evidence-failed = ⚠️ Your message { $reference } could not be delivered.
telegram-evidence-unopened = ⚠️ Your message { $reference } could not be opened by the recipient.
telegram-evidence-refused = ⚠️ Your message { $reference } was not taken.
telegram-evidence-underway = Your message { $reference } is on its way.
telegram-evidence-arrived = Your message { $reference } has arrived.
telegram-evidence-purged = 🗑 The content of your message { $reference } was deleted.
telegram-by = By: { $officer }
telegram-at = Time: { DATETIME($at) }

telegram-reply-linked = This account is now linked. Notices will come here.
telegram-reply-link-refused = This code is wrong, used or expired. Ask your operator for a new one.
telegram-reply-ask-ground = Why do you decline? Choose a ground.
telegram-word-accepted = Acknowledged
telegram-word-declined = Declined ({ $ground })
telegram-reply-taken = Your word is recorded: { $word }.
telegram-reply-contradiction = Your word is recorded: { $word }. Another officer said otherwise before. Both words are kept until one of you settles it.
telegram-reply-contradicts-self = Your word is recorded: { $word }. You said otherwise before. Both words are kept until an officer of your desk settles it.
telegram-reply-already-settled = Another officer of your desk has already answered: { $word }. Nothing was changed.
telegram-reply-delayed = Your answer is not recorded yet. The gateway keeps trying and will tell you.
telegram-reply-not-recorded = Your answer could not be recorded. Answer the message again, or tell your operator.
telegram-reply-taken-back = Its sender has taken this message back. Nothing was recorded.
telegram-reply-not-yours = This account may not answer this message.
telegram-reply-help = This bot only brings notices. Do not write about cases here: what you write is not read. To link your account, use the link from your operator.

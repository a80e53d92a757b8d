# Notes about a desk's own endpoints, on every channel. Nothing here may name a person of a case, or an address.
note-desk = Desk: { $name }
note-test = This is a test. Notices reach you here. There is nothing to do.
note-endpoint-off = ⚠️ Another way to this desk does not work any more: { $channel }, since { DATETIME($at) }. Until it works again, what went there comes by the desk’s other ways. Tell your operator.
note-channel-telegram = Telegram
note-channel-email = e-mail
note-channel-webhook = the desk’s own system
note-channel-relay = another gateway
note-account-replaced = Another account took the place of this one. Nothing comes here any more, and its links have ended. If you did not link it, tell your operator at once.
note-account-unlinked = This account was unlinked. Nothing comes here any more, and its links have ended.
note-pin-set = A new PIN was set for you. Browsers that were open under the old one have ended. If you did not set it, tell your operator at once.
note-pin-locked = ⚠️ Your PIN was locked after five wrong tries. Nothing opens from Telegram any more. If these tries were not yours, somebody else has a link of yours: tell your operator at once. Your operator hands you a new start page.
note-pin-locked-other = ⚠️ The PIN of an officer of this desk was locked after five wrong tries; that officer cannot be told elsewhere. Tell the officer and your operator.

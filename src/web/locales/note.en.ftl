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

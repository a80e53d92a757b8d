telegram-notice-title = { $mark } { $urgency }: { $type }
telegram-from = Daripada: { $name }, { $country }
telegram-to = Kepada: { $name }, { $country }
telegram-reference = Nombor rujukan: { $reference }
telegram-acknowledge-by = Akui terima atau tolak sebelum: { DATETIME($at) }
telegram-read = Baca mesej
telegram-opened = 👁 Dibuka { DATETIME($at) }. Belum diakui terima.
telegram-acknowledged-by = ✅ Diakui terima oleh { $officer }, { DATETIME($at) }
telegram-declined-by = ❌ Ditolak oleh { $officer }, { DATETIME($at) }
telegram-ground = Alasan: { $ground }

telegram-button-open = Buka
telegram-button-acknowledge = Akui terima
telegram-button-decline = Tolak
telegram-button-back = ‹ Kembali

telegram-evidence-acknowledged = ✅ Mesej anda { $reference } telah diakui terima.
telegram-evidence-declined = ❌ Mesej anda { $reference } ditolak.
telegram-evidence-failed = ⚠️ Mesej anda { $reference } tidak dapat disampaikan.
telegram-evidence-refused = ⚠️ Mesej anda { $reference } tidak dapat diproses.
telegram-evidence-underway = Mesej anda { $reference } sedang dihantar.
telegram-evidence-arrived = Mesej anda { $reference } telah sampai.
telegram-by = Oleh: { $officer }
telegram-at = Masa: { DATETIME($at) }

telegram-reply-linked = Akaun ini telah dipautkan. Makluman akan dihantar ke sini.
telegram-reply-link-refused = Kod ini salah, telah digunakan atau tamat tempoh. Minta kod baharu daripada operator.
telegram-reply-ask-ground = Mengapa ditolak? Pilih alasannya.
telegram-reply-taken = Telah direkodkan.
telegram-reply-already-settled = Sudah diputuskan. Tiada apa-apa diubah.
telegram-reply-not-yours = Akaun ini tidak diberi kuasa untuk menjawab mesej ini.
telegram-reply-help = Bot ini hanya menghantar makluman. Jangan tulis tentang kes di sini: tulisan anda tidak dibaca. Untuk memautkan akaun, gunakan pautan daripada operator.

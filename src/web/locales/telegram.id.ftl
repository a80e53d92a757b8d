telegram-notice-title = { $mark } { $urgency }: { $type }
telegram-from = Dari: { $name }, { $country }
telegram-to = Kepada: { $name }, { $country }
telegram-reference = Nomor rujukan: { $reference }
telegram-acknowledge-by = Terima atau tolak paling lambat: { DATETIME($at) }
telegram-read = Baca pesan
telegram-opened = 👁 Dibuka { DATETIME($at) }. Belum dinyatakan diterima.
telegram-acknowledged-by = ✅ Diterima oleh { $officer }, { DATETIME($at) }
telegram-declined-by = ❌ Ditolak oleh { $officer }, { DATETIME($at) }
telegram-ground = Alasan: { $ground }

telegram-button-open = Buka
telegram-button-acknowledge = Terima
telegram-button-decline = Tolak
telegram-button-back = ‹ Kembali

telegram-evidence-acknowledged = ✅ Pesan Anda { $reference } telah diterima.
telegram-evidence-declined = ❌ Pesan Anda { $reference } ditolak.
telegram-evidence-failed = ⚠️ Pesan Anda { $reference } tidak dapat disampaikan.
telegram-evidence-refused = ⚠️ Pesan Anda { $reference } tidak dapat diproses.
telegram-evidence-underway = Pesan Anda { $reference } sedang dikirim.
telegram-evidence-arrived = Pesan Anda { $reference } telah sampai.
telegram-by = Oleh: { $officer }
telegram-at = Waktu: { DATETIME($at) }

telegram-reply-linked = Akun ini sudah terhubung. Pemberitahuan akan masuk ke sini.
telegram-reply-link-refused = Kode ini salah, sudah dipakai, atau kedaluwarsa. Minta kode baru kepada operator.
telegram-reply-ask-ground = Mengapa ditolak? Pilih alasannya.
telegram-reply-taken = Tercatat.
telegram-reply-already-settled = Sudah diputuskan. Tidak ada yang diubah.
telegram-reply-not-yours = Akun ini tidak berwenang menjawab pesan ini.
telegram-reply-help = Bot ini hanya mengirim pemberitahuan. Jangan menulis tentang kasus di sini: tulisan Anda tidak dibaca. Untuk menghubungkan akun, gunakan tautan dari operator.

# Pemberitahuan tentang saluran kantor sendiri. Tidak boleh memuat nama orang dalam kasus atau alamat.
note-desk = Kantor: { $name }
note-test = Ini uji coba. Pemberitahuan sampai kepada Anda di sini. Tidak ada yang perlu dilakukan.
note-endpoint-off = ⚠️ Saluran lain kantor ini tidak berfungsi lagi: { $channel }, sejak { DATETIME($at) }. Sampai saluran itu berfungsi kembali, kiriman datang melalui saluran lain kantor ini. Beri tahu operator Anda.
note-channel-telegram = Telegram
note-channel-email = surel
note-channel-webhook = sistem kantor sendiri
note-channel-relay = gateway lain
note-account-replaced = Akun lain menggantikan akun ini. Tidak ada lagi yang datang ke sini, dan tautannya sudah berakhir. Jika bukan Anda yang menghubungkannya, segera beri tahu operator.
note-account-unlinked = Akun ini sudah diputus. Tidak ada lagi yang datang ke sini, dan tautannya sudah berakhir.
note-pin-set = PIN baru Anda sudah dibuat. Peramban yang terbuka dengan PIN lama tidak berlaku lagi. Jika bukan Anda yang membuatnya, segera beri tahu operator.
note-pin-locked = ⚠️ PIN Anda terkunci setelah lima kali salah. Tidak ada lagi yang dapat dibuka dari Telegram. Jika bukan Anda yang mencoba, orang lain memegang tautan Anda: segera beri tahu operator. Operator memberi Anda halaman awal baru.
note-pin-locked-other = ⚠️ PIN seorang petugas kantor ini terkunci setelah lima kali salah, dan petugas itu tidak dapat dihubungi melalui saluran lain. Beri tahu petugas itu dan operator Anda.

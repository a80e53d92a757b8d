# Makluman tentang saluran pejabat sendiri. Nama orang dalam kes atau alamat tidak boleh disebut di sini.
note-desk = Pejabat: { $name }
note-test = Ini ujian. Makluman sampai kepada anda di sini. Tiada apa-apa yang perlu dibuat.
note-endpoint-off = ⚠️ Satu lagi saluran pejabat ini tidak berfungsi: { $channel }, sejak { DATETIME($at) }. Sehingga saluran itu berfungsi semula, kiriman datang melalui saluran lain pejabat ini. Maklumkan pengendali sistem anda.
note-channel-telegram = Telegram
note-channel-email = e-mel
note-channel-webhook = sistem pejabat sendiri
note-channel-relay = get laluan lain
note-account-replaced = Akaun lain mengambil tempat akaun ini. Tiada lagi yang datang ke sini, dan pautannya telah tamat. Jika bukan anda yang memautkannya, maklumkan pengendali sistem dengan segera.
note-account-unlinked = Pautan akaun ini telah diputuskan. Tiada lagi yang datang ke sini, dan pautannya telah tamat.
note-pin-set = PIN baharu anda telah ditetapkan. Pelayar yang dibuka dengan PIN lama telah tamat. Jika bukan anda yang menetapkannya, maklumkan pengendali sistem dengan segera.
note-pin-locked = ⚠️ PIN anda dikunci selepas lima kali salah. Tiada apa-apa lagi yang boleh dibuka daripada Telegram. Jika bukan anda yang mencuba, orang lain memegang pautan anda: maklumkan pengendali sistem dengan segera. Pengendali memberi anda halaman permulaan baharu.
note-pin-locked-other = ⚠️ PIN seorang pegawai pejabat ini dikunci selepas lima kali salah, dan pegawai itu tidak dapat dihubungi melalui saluran lain. Maklumkan pegawai itu dan pengendali sistem anda.

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

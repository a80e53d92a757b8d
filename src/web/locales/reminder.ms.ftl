# Peringatan, di semua saluran. Nama orang dalam kes tidak boleh disebut di sini.
reminder-title = Peringatan
reminder-title-many = Peringatan: { $count } mesej menunggu
reminder-deputy = Anda dimaklumkan sebagai timbalan kerana pejabat ini belum bertindak.
reminder-supervisor = Anda dimaklumkan sebagai penyelia kerana pejabat ini belum bertindak.
reminder-other = Anda dimaklumkan kerana pejabat hubungan yang satu lagi belum bertindak.
reminder-owner = Yang perlu bertindak: { $name }, { $country }
reminder-todo = Yang perlu dilakukan: { $act }
reminder-no-way = Pejabat ini belum dapat dihubungi: pengendali sistemnya perlu menyambungkannya.
reminder-due = Tarikh akhir: { DATETIME($at) }
reminder-late = Tarikh akhir: { DATETIME($at) }. Lewat { $hours } jam { $minutes } minit.
reminder-act-acknowledge = akui terima atau tolak
reminder-act-answer = jawab
reminder-act-clarify = jawab permohonan penjelasan
reminder-act-reassign = hantar kepada pejabat hubungan lain, atau tutup kes
reminder-act-accept-manifest = terima atau tolak serah terima
reminder-act-grant = beri atau tolak kebenaran
reminder-act-purge = padamkan kandungan yang ditarik balik

# Pengingat, di semua saluran. Tidak boleh memuat nama orang dalam kasus.
reminder-title = Pengingat
reminder-title-many = Pengingat: { $count } pesan menunggu
reminder-deputy = Anda diberi tahu sebagai wakil karena narahubung ini belum bertindak.
reminder-supervisor = Anda diberi tahu sebagai atasan karena narahubung ini belum bertindak.
reminder-other = Anda diberi tahu karena narahubung lain belum bertindak.
reminder-owner = Yang harus bertindak: { $name }, { $country }
reminder-todo = Yang harus dilakukan: { $act }
reminder-no-way = Narahubung ini belum dapat dihubungi: operator gateway-nya harus menghubungkannya.
reminder-due = Batas waktu: { DATETIME($at) }
reminder-late = Batas waktu: { DATETIME($at) }. Terlambat { $hours } jam { $minutes } menit.
reminder-act-acknowledge = konfirmasi penerimaan, atau tolak
reminder-act-answer = jawab
reminder-act-clarify = jawab permintaan penjelasan
reminder-act-reassign = kirim ke narahubung lain, atau tutup kasus
reminder-act-accept-manifest = terima atau tolak serah terima
reminder-act-grant = beri atau tolak izin
reminder-act-purge = hapus isi yang ditarik kembali

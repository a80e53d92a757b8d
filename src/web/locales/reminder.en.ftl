# Reminders, on every channel. Nothing here may name a person of a case.
reminder-title = Reminder
reminder-title-many = Reminder: { $count } messages wait
reminder-deputy = You are told as deputy, because the desk has not acted.
reminder-supervisor = You are told as supervisor, because the desk has not acted.
reminder-other = You are told because the other side has not acted.
reminder-owner = Who has to act: { $name }, { $country }
reminder-todo = To do: { $act }
reminder-no-way = This desk cannot be reached yet: the operator of its gateway has to connect it.
reminder-due = Due: { DATETIME($at) }
reminder-late = Was due: { DATETIME($at) }. Late by { $hours } h { $minutes } min.
reminder-act-acknowledge = acknowledge or decline
reminder-act-answer = answer
reminder-act-clarify = answer the question that was asked back
reminder-act-reassign = send it elsewhere, or close the case
reminder-act-accept-manifest = accept or refuse the handover
reminder-act-grant = grant or refuse the permission
reminder-act-purge = delete what was taken back

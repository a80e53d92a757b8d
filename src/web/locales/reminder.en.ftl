# Reminders, on every channel. Nothing here may name a person of a case.
reminder-title = Reminder
reminder-title-many = Reminder: { $count } messages are waiting
reminder-deputy = You are told as deputy, because the focal point has not acted.
reminder-supervisor = You are told as supervisor, because the focal point has not acted.
reminder-other = You are told because the other focal point has not acted.
reminder-owner = Who must act: { $name }, { $country }
reminder-todo = To do: { $act }
reminder-no-way = This focal point cannot be reached yet: the operator of its gateway has to connect it.
reminder-due = Deadline: { DATETIME($at) }
reminder-late = Deadline: { DATETIME($at) }. Late by { $hours } h { $minutes } min.
reminder-act-acknowledge = acknowledge or decline
reminder-act-answer = answer
reminder-act-clarify = answer the request for more information
reminder-act-reassign = send it to another focal point, or close the case
reminder-act-accept-manifest = accept or refuse the handover
reminder-act-grant = grant or refuse the permission
reminder-act-purge = delete the content that was recalled

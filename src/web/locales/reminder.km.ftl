# ការរំលឹក នៅគ្រប់មធ្យោបាយ។ មិនត្រូវមានឈ្មោះជនក្នុងសំណុំរឿងទេ។
reminder-title = ការរំលឹក
reminder-title-many = ការរំលឹក៖ សារចំនួន { $count } កំពុងរង់ចាំ
reminder-deputy = លោកអ្នកទទួលដំណឹងក្នុងនាមជាអនុប្រធាន ព្រោះអង្គភាពមិនទាន់ចាត់វិធានការ។
reminder-supervisor = លោកអ្នកទទួលដំណឹងក្នុងនាមជាថ្នាក់លើ ព្រោះអង្គភាពមិនទាន់ចាត់វិធានការ។
reminder-other = លោកអ្នកទទួលដំណឹង ព្រោះអង្គភាពម្ខាងទៀតមិនទាន់ចាត់វិធានការ។
reminder-owner = អ្នកត្រូវចាត់វិធានការ៖ { $name }, { $country }
reminder-todo = ត្រូវធ្វើ៖ { $act }
reminder-no-way = មិនទាន់អាចទាក់ទងអង្គភាពនេះបានទេ៖ ប្រតិបត្តិករច្រកទ្វាររបស់វាត្រូវភ្ជាប់វា។
reminder-due = ថិរវេលា៖ { DATETIME($at) }
reminder-late = ថិរវេលា៖ { DATETIME($at) }។ យឺត { $hours } ម៉ោង { $minutes } នាទី។
reminder-act-acknowledge = បញ្ជាក់ថាបានទទួល ឬបដិសេធ
reminder-act-answer = ឆ្លើយតប
reminder-act-clarify = ឆ្លើយសំណើសុំបំភ្លឺ
reminder-act-reassign = ផ្ញើទៅអង្គភាពផ្សេង ឬបិទសំណុំរឿង
reminder-act-accept-manifest = ទទួល ឬបដិសេធការប្រគល់ជន
reminder-act-grant = ផ្តល់ ឬបដិសេធការអនុញ្ញាត
reminder-act-purge = លុបខ្លឹមសារដែលបានដកវិញ

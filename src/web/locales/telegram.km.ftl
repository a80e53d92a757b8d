telegram-notice-title = { $mark } { $urgency }៖ { $type }
telegram-from = ពី៖ { $name }, { $country }
telegram-to = ជូន៖ { $name }, { $country }
telegram-reference = លេខយោង៖ { $reference }
telegram-acknowledge-by = សូមទទួលស្គាល់ ឬបដិសេធ មុន៖ { DATETIME($at) }
telegram-read = អានសារ
telegram-opened = 👁 បានបើក { DATETIME($at) }។ មិនទាន់បានទទួលស្គាល់ទេ។
telegram-acknowledged-by = ✅ បានទទួលស្គាល់ដោយ { $officer }, { DATETIME($at) }
telegram-declined-by = ❌ បានបដិសេធដោយ { $officer }, { DATETIME($at) }
telegram-ground = មូលហេតុ៖ { $ground }

telegram-button-open = បើក
telegram-button-acknowledge = ទទួលស្គាល់
telegram-button-decline = បដិសេធ
telegram-button-back = ‹ ត្រឡប់

telegram-evidence-acknowledged = ✅ សាររបស់អ្នក { $reference } ត្រូវបានទទួលស្គាល់។
telegram-evidence-declined = ❌ សាររបស់អ្នក { $reference } ត្រូវបានបដិសេធ។
telegram-evidence-failed = ⚠️ សាររបស់អ្នក { $reference } មិនអាចបញ្ជូនដល់បានទេ។
telegram-evidence-refused = ⚠️ សាររបស់អ្នក { $reference } មិនត្រូវបានទទួលយកទេ។
telegram-evidence-underway = សាររបស់អ្នក { $reference } កំពុងបញ្ជូន។
telegram-evidence-arrived = សាររបស់អ្នក { $reference } បានទៅដល់ហើយ។
telegram-by = ដោយ៖ { $officer }
telegram-at = ពេលវេលា៖ { DATETIME($at) }

telegram-reply-linked = គណនីនេះត្រូវបានភ្ជាប់ហើយ។ សេចក្តីជូនដំណឹងនឹងផ្ញើមកទីនេះ។
telegram-reply-link-refused = លេខកូដនេះមិនត្រឹមត្រូវ បានប្រើរួច ឬផុតកំណត់ហើយ។ សូមសុំលេខកូដថ្មីពីប្រតិបត្តិករ។
telegram-reply-ask-ground = ហេតុអ្វីបានជាបដិសេធ? សូមជ្រើសរើសមូលហេតុ។
telegram-reply-taken = បានកត់ត្រាហើយ។
telegram-reply-already-settled = បានសម្រេចរួចហើយ។ គ្មានអ្វីផ្លាស់ប្តូរទេ។
telegram-reply-not-yours = គណនីនេះគ្មានសិទ្ធិឆ្លើយសារនេះទេ។
telegram-reply-help = បូតនេះផ្ញើតែសេចក្តីជូនដំណឹងប៉ុណ្ណោះ។ សូមកុំសរសេរអំពីករណីនៅទីនេះ៖ គ្មានអ្នកអានទេ។ ដើម្បីភ្ជាប់គណនី សូមប្រើតំណពីប្រតិបត្តិករ។

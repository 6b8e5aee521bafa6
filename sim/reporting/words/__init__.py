"""The report in other languages: every message of the English page with its words in another one, and how a page is put into it."""

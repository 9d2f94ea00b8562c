"""What templates and exports draw from the record.

`views` has entries as pages present them, with the links between them; `chart` draws the timeline, from the
`spans` of time in which entries were; `fragment_cache` avoids rendering unchanged parts of pages again.
`iso_dates` and `exported_fields` reduce entries to what simple formats can express.
"""

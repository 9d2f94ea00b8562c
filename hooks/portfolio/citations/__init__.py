"""Citations and references: from the record's BibTeX to text in a style of the Citation Style Language."""

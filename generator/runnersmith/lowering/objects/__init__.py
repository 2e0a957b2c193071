"""Object schemas of a document: their properties, extras, and what tells them apart."""

"""Making a warehouse anew from the archive and its journal."""

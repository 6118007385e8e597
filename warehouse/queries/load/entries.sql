INSERT INTO entries BY NAME SELECT * FROM told_entries

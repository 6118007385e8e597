-- Keep what the submissions that are asked about lack.
INSERT INTO lacking SELECT accession, item, lacks FROM content() WHERE len(lacks) > 0 ORDER BY accession, item

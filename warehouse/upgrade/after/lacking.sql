-- Until 0.3.0 what an accepted submission lacks was reckoned anew whenever somebody asked.
CREATE OR REPLACE TEMP TABLE content_of AS
SELECT accession, reporter, quarters.registry FROM submissions JOIN quarters USING (quarter) WHERE verdict = 'accepted';

INSERT INTO lacking SELECT accession, item, lacks FROM content() WHERE len(lacks) > 0 ORDER BY accession, item;

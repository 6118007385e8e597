-- Until 0.3.0 nobody noted when a file had arrived: what is known of it is when it was received.
SELECT *, received_at AS arrived_at FROM submissions

-- Until 0.1.0 no light told what was made up late: what was judged was the light.
SELECT *, light AS judged FROM lights
